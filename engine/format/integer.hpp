#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

/// Decimal integers without a branch on the number of digits.
///
/// Eight digits are split inside one 64-bit word by three multiplications (divide and conquer over
/// 4, 2 and 1 digits with the exact reciprocal of 100 and of 10: Paul Khuong, "How to print
/// integers really fast", 2017). Log values vary in length from call to call, and a table walked
/// two digits at a time pays a misprediction for each change; this costs the same for every length
/// below 10^8.
namespace xylem::format {

/// The most bytes `write_u64` and `write_i64` advance ("18446744073709551615",
/// "-9223372036854775808"). They may store 16 bytes beyond the end they return.
inline constexpr int max_integer_bytes = 20;

namespace integer_detail {

constexpr std::uint64_t ascii_zeros = 0x3030303030303030;
constexpr std::uint32_t ten_to_8 = 100'000'000;

/// The eight digits of a number below 10^8, one a byte, the most significant one in the lowest
/// byte.
constexpr std::uint64_t spread_8_digits(std::uint32_t value) {
  // Each step wants `quotient + (rest << width)` with rest = x - base * quotient; written as one
  // shift, one product and one difference it is measurably cheaper than as compilers arrange it.
  const std::uint64_t high4 = value / 10'000;
  const std::uint64_t by4 =
      (std::uint64_t{value} << 32) - high4 * ((std::uint64_t{10'000} << 32) - 1);
  const std::uint64_t hundreds = ((by4 * 10'486) >> 20) & 0x0000'007f'0000'007f;
  const std::uint64_t by2 = (by4 << 16) - hundreds * ((100U << 16) - 1);
  const std::uint64_t tens = ((by2 * 103) >> 10) & 0x000f'000f'000f'000f;
  return (by2 << 8) - tens * ((10U << 8) - 1);
}

inline void store_8(char* out, std::uint64_t lowest_byte_first) {
  if constexpr (std::endian::native == std::endian::big) {
    lowest_byte_first = __builtin_bswap64(lowest_byte_first);
  }
  std::memcpy(out, &lowest_byte_first, sizeof lowest_byte_first);
}

/// All eight digits, leading zeros included.
inline char* write_8_digits(char* out, std::uint32_t value) {
  store_8(out, spread_8_digits(value) | ascii_zeros);
  return out + 8;
}

/// A number below 10^8 without leading zeros; 0 is "0".
inline char* write_below_ten_to_8(char* out, std::uint32_t value) {
  const std::uint64_t digits = spread_8_digits(value);
  // The last digit counts even when it is 0, hence the bit in the top byte.
  const int zeros = std::countr_zero(digits | (std::uint64_t{1} << 56)) / 8;
  store_8(out, (digits | ascii_zeros) >> (zeros * 8));
  return out + (8 - zeros);
}

}  // namespace integer_detail

/// Writes `value` in decimal and returns the end.
inline char* write_u64(char* out, std::uint64_t value) {
  using namespace integer_detail;
  if (value < ten_to_8) [[likely]] {
    return write_below_ten_to_8(out, static_cast<std::uint32_t>(value));
  }
  const std::uint64_t upper = value / ten_to_8;
  const auto low8 = static_cast<std::uint32_t>(value - upper * ten_to_8);
  if (upper < ten_to_8) {
    out = write_below_ten_to_8(out, static_cast<std::uint32_t>(upper));
    return write_8_digits(out, low8);
  }
  const std::uint64_t top = upper / ten_to_8;
  out = write_below_ten_to_8(out, static_cast<std::uint32_t>(top));
  out = write_8_digits(out, static_cast<std::uint32_t>(upper - top * ten_to_8));
  return write_8_digits(out, low8);
}

/// Writes `value` in decimal, with a minus sign when negative, and returns the end.
inline char* write_i64(char* out, std::int64_t value) {
  const bool negative = value < 0;
  const auto bits = static_cast<std::uint64_t>(value);
  *out = '-';
  return write_u64(out + (negative ? 1 : 0), negative ? 0 - bits : bits);
}

}  // namespace xylem::format
