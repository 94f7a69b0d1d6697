#include "format/floating.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "format/exact_decimal.hpp"
#include "format/integer.hpp"

namespace xylem::format {

namespace {

// The two layouts differ in whole numbers and in what is no number. They are types, so that each
// suffix is a store of known size.
struct Repr {
  static constexpr std::string_view whole_suffix = ".0";
  static constexpr std::string_view nan = "NaN";
  static constexpr std::string_view negative_nan = "NaN";  // JSON readers know no sign here
  static constexpr std::string_view infinity = "Infinity";
};

struct Plain {
  static constexpr std::string_view whole_suffix = "";
  static constexpr std::string_view nan = "nan";
  static constexpr std::string_view negative_nan = "-nan";
  static constexpr std::string_view infinity = "inf";
};

template <class Float>
struct Traits;

template <>
struct Traits<double> {
  using Bits = std::uint64_t;
  /// Below this every whole number is a neighbour of the next, so none has a shorter decimal form.
  static constexpr double whole_limit = 0x1p53;
};

template <>
struct Traits<float> {
  using Bits = std::uint32_t;
  static constexpr float whole_limit = 0x1p24F;
};

inline char* append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// Writes the positive number `significand` x 10^`exponent`, whose significand has no trailing
/// zero: positional when the first digit's power of ten is in [-4, 16), else scientific.
template <class Layout>
char* write_decimal(char* out, std::uint64_t significand, int exponent) {
  char digits[64];
  std::memset(digits, '0', sizeof digits);
  char* const digits_end = write_u64(digits, significand);
  const int count = static_cast<int>(digits_end - digits);
  const int point = count + exponent;  // digits before the decimal point
  if (point < -3 || point > 16) {
    *out++ = digits[0];
    *out = '.';
    std::memcpy(out + 1, digits + 1, 24);
    if (count > 1) out += count;
    *out++ = 'e';
    const int power = point - 1;
    *out++ = power < 0 ? '-' : '+';
    const auto magnitude = static_cast<unsigned>(power < 0 ? -power : power);
    if (magnitude < 10) *out++ = '0';
    return write_u64(out, magnitude);
  }
  if (point <= 0) {
    append(out, "0.000");
    std::memcpy(out + 2 - point, digits, 24);
    return out + 2 - point + count;
  }
  if (count <= point) {
    // `write_u64` may have stored beyond its end; what follows the digits must be zeros again.
    std::memset(digits_end, '0', 16);
    std::memcpy(out, digits, 24);
    return append(out + point, Layout::whole_suffix);
  }
  std::memcpy(out, digits, 16);
  out[point] = '.';
  std::memcpy(out + point + 1, digits + point, 24);
  return out + count + 1;
}

/// Writes a word of eight digits with the decimal point behind the first `whole_digits` (0 to 7) of
/// them: nine bytes.
inline char* write_with_point(char* out, std::uint64_t word, unsigned whole_digits) {
  const unsigned shift = 8 * whole_digits;
  const std::uint64_t whole = (std::uint64_t{1} << shift) - 1;
  integer_detail::store_8(out + 1, word);
  integer_detail::store_8(out, (word & whole) | std::uint64_t{'.'} << shift | (word & ~whole) << 8);
  return out + 9;
}

/// Writes a decimal of 16 or 17 digits that is not whole, positional.
inline char* write_exact(char* out, ExactDecimal decimal) {
  using namespace integer_detail;
  const std::uint64_t upper = decimal.digits / ten_to_8;
  const std::uint64_t first = upper / ten_to_8;
  const std::uint64_t digits2 =
      spread_8_digits(static_cast<std::uint32_t>(upper - first * ten_to_8));
  const std::uint64_t digits3 =
      spread_8_digits(static_cast<std::uint32_t>(decimal.digits - upper * ten_to_8));
  const int trailing =
      digits3 != 0 ? std::countl_zero(digits3) / 8 : 8 + std::countl_zero(digits2) / 8;
  const std::uint64_t word2 = digits2 | ascii_zeros;
  const std::uint64_t word3 = digits3 | ascii_zeros;
  const auto first_digit = static_cast<char>('0' + first);
  if (decimal.decimals >= 17) {
    append(out, "0.00000");
    out += decimal.decimals - 15;
    out[0] = first_digit;
    store_8(out + 1, word2);
    store_8(out + 9, word3);
    return out + 17 - trailing;
  }
  // 16 digits begin with a zero, which goes unless it is the only one before the point.
  const unsigned whole_digits = 16 - decimal.decimals;  // behind the first
  *out = first_digit;
  out += first != 0 || whole_digits == 0 ? 1 : 0;
  if (whole_digits < 8) {
    write_with_point(out, word2, whole_digits);
    store_8(out + 9, word3);
  } else {
    store_8(out, word2);
    write_with_point(out + 8, word3, whole_digits - 8);
  }
  return out + 17 - trailing;
}

template <class Layout, class Float>
inline char* write(char* out, Float value) {
  using Bits = typename Traits<Float>::Bits;
  const bool negative = std::bit_cast<Bits>(value) >> (sizeof(Bits) * 8 - 1) != 0;
  const Float magnitude = std::fabs(value);
  if (magnitude < Traits<Float>::whole_limit) [[likely]] {
    char* start = out;
    *start = '-';
    start += negative ? 1 : 0;
    const auto whole = static_cast<std::int64_t>(magnitude);
    if (static_cast<Float>(whole) == magnitude) {
      return append(write_u64(start, static_cast<std::uint64_t>(whole)), Layout::whole_suffix);
    }
    if constexpr (sizeof(Float) == sizeof(double)) {
      if (has_exact_decimal(magnitude)) [[likely]] {
        return write_exact(start, shortest_decimal(magnitude));
      }
    }
  } else if (!std::isfinite(value)) {
    if (std::isnan(value)) return append(out, negative ? Layout::negative_nan : Layout::nan);
    if (negative) *out++ = '-';
    return append(out, Layout::infinity);
  }
  if (negative) *out++ = '-';
  // Dragonbox (Junekey Jeon), which yields no trailing zeros. It is not part of libfmt's documented
  // interface, but formatting through that costs more even before the text is taken apart again.
  const auto decimal = fmt::detail::dragonbox::to_decimal(magnitude);
  return write_decimal<Layout>(out, decimal.significand, decimal.exponent);
}

template <typename Real>
char* write_quoted_unless_finite(char* out, Real value) {
  if (std::isfinite(value)) [[likely]]
    return write_repr(out, value);
  *out++ = '"';
  out = write_repr(out, value);
  *out++ = '"';
  return out;
}

}  // namespace

char* write_repr(char* out, double value) {
  return write<Repr>(out, value);
}
char* write_repr(char* out, float value) {
  return write<Repr>(out, value);
}
char* write_plain(char* out, double value) {
  return write<Plain>(out, value);
}
char* write_plain(char* out, float value) {
  return write<Plain>(out, value);
}

char* write_json_number(char* out, double value) {
  return write_quoted_unless_finite(out, value);
}
char* write_json_number(char* out, float value) {
  return write_quoted_unless_finite(out, value);
}

}  // namespace xylem::format
