#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "format/escape.hpp"
#include "format/utf8.hpp"

/// What every escape kernel shares: the work on the characters that cannot be copied.
namespace xylem::format::escape_detail {

/// An escape sequence as one eight-byte store; the last byte is its length, which the next store
/// covers.
using Sequence = std::array<char, 8>;

constexpr std::array<Sequence, 128> make_sequences() {
  constexpr char hex[] = "0123456789abcdef";
  std::array<Sequence, 128> table{};
  for (unsigned c = 0; c < 128; ++c) {
    table[c] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], 0, 6};
  }
  const auto set_short = [&table](char character, char letter) {
    table[static_cast<unsigned char>(character)] = {'\\', letter, 0, 0, 0, 0, 0, 2};
  };
  set_short('"', '"');
  set_short('\\', '\\');
  set_short('\n', 'n');
  set_short('\r', 'r');
  set_short('\t', 't');
  set_short('\f', 'f');
  set_short('\b', 'b');
  return table;
}

inline constexpr std::array<Sequence, 128> sequences = make_sequences();

/// `\uXXXX` for one UTF-16 code unit.
inline char* write_u_escape(char* out, std::uint32_t unit) {
  constexpr char hex[] = "0123456789abcdef";
  out[0] = '\\';
  out[1] = 'u';
  out[2] = hex[unit >> 12 & 15];
  out[3] = hex[unit >> 8 & 15];
  out[4] = hex[unit >> 4 & 15];
  out[5] = hex[unit & 15];
  return out + 6;
}

/// Up to 15 bytes as a 16-byte little-endian number.
struct Bytes16 {
  std::uint64_t low;
  std::uint64_t high;
};

/// Reads exactly the `n` bytes at `p` (0 < n < 16) by loads that overlap each other instead of the
/// bytes' neighbours; the rest is zero.
inline Bytes16 load_partial_16(const char* p, unsigned n) {
  const auto load = [p]<class Word>(unsigned offset, Word word) {
    std::memcpy(&word, p + offset, sizeof word);
    return std::uint64_t{word};
  };
  if (n >= 8) {
    const std::uint64_t tail = load(n - 8, std::uint64_t{});
    return {load(0, std::uint64_t{}), (tail >> 8) >> (8 * (15 - n))};
  }
  if (n >= 4) {
    const std::uint64_t tail = load(n - 4, std::uint32_t{});
    return {load(0, std::uint32_t{}) | tail << (8 * (n - 4)), 0};
  }
  const std::uint64_t middle = load(n / 2, std::uint8_t{});
  const std::uint64_t tail = load(n - 1, std::uint8_t{});
  return {load(0, std::uint8_t{}) | middle << (8 * (n / 2)) | tail << (8 * (n - 1)), 0};
}

/// Where a run of non-ASCII bytes was read and written to.
struct Progress {
  const char* in;
  char* out;
};

/// Escapes from `in` up to the next ASCII byte or `end`.
Progress escape_run_ascii(char* out, const char* in, const char* end);
Progress escape_run_utf8(char* out, const char* in, const char* end);

extern const EscapeKernel scalar_kernel;
#if defined(__x86_64__)
extern const EscapeKernel sse2_kernel;
extern const EscapeKernel avx2_kernel;
extern const EscapeKernel avx512_kernel;
#endif

}  // namespace xylem::format::escape_detail
