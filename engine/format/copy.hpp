#pragma once

#include <cstring>

namespace xylem::format {

/// Copies 32 bytes by way of registers: the source may reach into the target, though not with bytes
/// that count. In two vectors, because GCC 12 takes an object of 32 bytes over the stack, and the
/// reload then waits for the store.
inline void copy_32(char* out, const char* from) {
  using Vector = char __attribute__((vector_size(16)));
  Vector low;
  Vector high;
  std::memcpy(&low, from, 16);
  std::memcpy(&high, from + 16, 16);
  std::memcpy(out, &low, 16);
  std::memcpy(out + 16, &high, 16);
}

}  // namespace xylem::format
