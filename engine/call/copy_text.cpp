#include <cstring>

#include <xylem/detail/submit.hpp>

namespace xylem::detail {
namespace {

/// Copies a text of n to 2n bytes as its first and its last n, which may overlap.
template <std::size_t n>
inline void copy_ends(std::byte* to, const char* text, std::size_t size) noexcept {
  struct Part {
    char bytes[n];
  };
  Part first;
  Part last;
  std::memcpy(&first, text, n);
  std::memcpy(&last, text + size - n, n);
  std::memcpy(to, &first, n);
  std::memcpy(to + size - n, &last, n);
}

inline void copy(std::byte* to, const char* text, std::size_t size) noexcept {
  if (size >= 16) {
    if (size <= 32) return copy_ends<16>(to, text, size);
    if (size <= 64) return copy_ends<32>(to, text, size);
    std::memcpy(to, text, size);
    return;
  }
  if (size >= 8) return copy_ends<8>(to, text, size);
  if (size >= 4) return copy_ends<4>(to, text, size);
  if (size >= 2) return copy_ends<2>(to, text, size);
  if (size == 1) to[0] = static_cast<std::byte>(text[0]);
}

}  // namespace

std::byte* copy_text(std::byte* to, const char* text, std::size_t size) noexcept {
  copy(to, text, size);
  return to + size;
}

void copy_text_and_publish(std::byte* to, const char* text, std::size_t size,
                           std::uint64_t slots) noexcept {
  copy(to, text, size);
  publish(t_producer, slots);
}

}  // namespace xylem::detail
