#pragma once

#include <cstddef>
#include <cstring>

namespace xylem::format {

/// Copies `blocks` times 16 bytes by way of registers: the source may reach into the target, though
/// not with bytes that count. In vectors of 16, because GCC 12 takes an object of 32 bytes over the
/// stack, and the reload then waits for the store.
template <std::size_t blocks>
inline void copy_blocks(char* out, const char* from) {
  using Block = char __attribute__((vector_size(16)));
  Block all[blocks];
  for (std::size_t i = 0; i < blocks; ++i) std::memcpy(&all[i], from + 16 * i, 16);
  for (std::size_t i = 0; i < blocks; ++i) std::memcpy(out + 16 * i, &all[i], 16);
}

inline void copy_32(char* out, const char* from) {
  copy_blocks<2>(out, from);
}

}  // namespace xylem::format
