#include <cstddef>
#include <cstdint>
#include <cstring>

#include <xylem/detail/submit.hpp>

namespace xylem::detail {
namespace {

using Block = char __attribute__((vector_size(16)));

/// Copies a text of n to 2n bytes as its first and its last n, which may overlap. In words that a
/// register holds: GCC 12 takes larger ones over the stack.
template <typename Word, std::size_t words = 1>
inline void copy_ends(std::byte* to, const char* text, std::size_t size) noexcept {
  constexpr std::size_t word = sizeof(Word);
  constexpr std::size_t n = words * word;
  Word first[words];
  Word last[words];
  for (std::size_t i = 0; i < words; ++i) std::memcpy(&first[i], text + i * word, word);
  for (std::size_t i = 0; i < words; ++i) std::memcpy(&last[i], text + size - n + i * word, word);
  for (std::size_t i = 0; i < words; ++i) std::memcpy(to + i * word, &first[i], word);
  for (std::size_t i = 0; i < words; ++i) std::memcpy(to + size - n + i * word, &last[i], word);
}

/// Up to 64 bytes.
constexpr std::size_t most_short_bytes = 64;
inline void copy_short(std::byte* to, const char* text, std::size_t size) noexcept {
  if (size > 32) return copy_ends<Block, 2>(to, text, size);
  if (size >= 16) return copy_ends<Block>(to, text, size);
  if (size >= 8) return copy_ends<std::uint64_t>(to, text, size);
  if (size >= 4) return copy_ends<std::uint32_t>(to, text, size);
  if (size >= 2) return copy_ends<std::uint16_t>(to, text, size);
  if (size == 1) to[0] = static_cast<std::byte>(text[0]);
}

/// Apart, so that the others need no stack frame.
[[gnu::noinline]] void copy_long_and_publish(std::byte* to, const char* text, std::size_t size,
                                             std::uint64_t slots) noexcept {
  std::memcpy(to, text, size);
  publish(t_producer, slots);
}

}  // namespace

std::byte* copy_text(std::byte* to, const char* text, std::size_t size) noexcept {
  if (size <= most_short_bytes) {
    copy_short(to, text, size);
  } else {
    std::memcpy(to, text, size);
  }
  return to + size;
}

void copy_text_and_publish(std::byte* to, const char* text, std::size_t size,
                           std::uint64_t slots) noexcept {
  if (size > most_short_bytes) return copy_long_and_publish(to, text, size, slots);
  copy_short(to, text, size);
  publish(t_producer, slots);
}

}  // namespace xylem::detail
