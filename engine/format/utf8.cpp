#include "format/utf8.hpp"

#include <cstring>

#include <simdjson.h>

namespace xylem::format {

std::size_t count_code_points(std::string_view text) {
  // Eight bytes a step in plain words: as fast as the lines it serves need, whatever the compiler's
  // vectoriser makes of a loop over bytes.
  constexpr std::uint64_t low_bits = 0x0101010101010101;
  std::size_t continuations = 0;
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    const std::uint64_t flags = (word >> 7) & ~(word >> 6) & low_bits;
    continuations += (flags * low_bits) >> 56;
  }
  for (; left > 0; --left, ++p) {
    continuations += (static_cast<unsigned char>(*p) & 0xc0U) == 0x80 ? 1 : 0;
  }
  return text.size() - continuations;
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    end += decode_utf8(text.data() + end, text.data() + text.size()).length;
  }
  return text.substr(0, end);
}

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace xylem::format
