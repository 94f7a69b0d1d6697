#include "format/floating.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

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

/// Tries `value` (not whole, at least 0.0001, below 10^15 / 10^decimals) as a number of at most
/// `decimals` decimals; null when it is none.
///
/// At most 15 significant digits are then at stake, and two different decimals that short never
/// share a double (DBL_DIG), so one that converts back to `value` is the shortest. The way back is
/// exact arithmetic but for one correctly rounded division: both operands are below 2^53.
template <unsigned decimals>
inline char* try_few_decimals(char* out, double value) {
  // Signed, because only signed conversions are single instructions everywhere.
  constexpr std::int64_t scale = decimals == 8 ? 100'000'000 : 10'000;
  static_assert(decimals == 8 || decimals == 4);
  const double scaled = value * static_cast<double>(scale);
  // Half a unit may round to the wrong neighbour, which the way back then refuses.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
  const auto nearest = static_cast<std::int64_t>(scaled + 0.5);
  if (static_cast<double>(nearest) / static_cast<double>(scale) != value) return nullptr;
  const auto whole = static_cast<std::uint64_t>(nearest / scale);
  const auto fraction = static_cast<std::uint32_t>(nearest % scale);
  out = write_u64(out, whole);
  *out++ = '.';
  // As eight digits, whatever `decimals` is; the last ones are zeros and go.
  const std::uint64_t digits =
      integer_detail::spread_8_digits(decimals == 8 ? fraction : fraction * 10'000);
  integer_detail::store_8(out, digits | integer_detail::ascii_zeros);
  return out + 8 - std::countl_zero(digits) / 8;
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
      char* end = nullptr;
      if (magnitude >= 1e-4 && magnitude < 1e7) {
        end = try_few_decimals<8>(start, magnitude);
      } else if (magnitude >= 1e7 && magnitude < 1e11) {
        end = try_few_decimals<4>(start, magnitude);
      }
      if (end != nullptr) return end;
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
