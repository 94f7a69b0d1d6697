#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// The shortest decimal of a double, exactly, where 128 bits are enough for that.
///
/// Schubfach's idea (Raffaello Giulietti, "The Schubfach way to render doubles", 2021): scaled by
/// the right power of ten, a double's rounding interval is between 1 and 10 wide, so it holds at
/// most one multiple of ten, which is then the shortest, and else the nearest integer is. For
/// doubles of any size the scaling needs tables and bounds on what they lack. But numbers of the
/// size that people log are scaled by a small power of ten, and with 2^-q taken out of it that is a
/// power of five that fits a word: one product holds every bit of the scaled number, and ties,
/// bounds and remainders are plain comparisons.
namespace xylem::format {

/// `digits` / 10^`decimals`.
struct ExactDecimal {
  std::uint64_t digits;  // 16 or 17 of them, trailing zeros included
  unsigned decimals;     // 1 to 20
};

namespace exact_detail {

constexpr double smallest = 1e-4;
constexpr double limit = 0x1p52;
constexpr unsigned most_places = 66;  // of `smallest`

constexpr std::array<std::uint64_t, 21> make_powers_of_5() {
  std::array<std::uint64_t, 21> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 5;
  return powers;
}

inline constexpr std::array<std::uint64_t, 21> powers_of_5 = make_powers_of_5();

/// The least n with 10^n > 2^`places`: so many decimals make one unit of the last binary place
/// worth 1 to 10.
constexpr unsigned decimals_for(unsigned places) {
  return (places * 1233 >> 12) + 1;  // log10(2) = 0.30103 = 1233 / 4096
}

/// Is 10^(n - 1) <= 2^places < 10^n? With 2^n taken out of both sides all is exact.
constexpr bool is_right(unsigned places) {
  const unsigned n = decimals_for(places);
  __extension__ using Wide = unsigned __int128;
  const auto power = [](unsigned k) { return Wide{1} << k; };
  return Wide{powers_of_5[n - 1]} <= power(places - (n - 1)) && power(places - n) < powers_of_5[n];
}

constexpr bool all_are_right() {
  for (unsigned places = 1; places <= most_places; ++places) {
    if (!is_right(places)) return false;
  }
  return true;
}
static_assert(all_are_right());

/// What scales the numbers whose last binary place is the n-th behind the point.
struct Scale {
  /// Half of that place, in units of the last decimal: 0.5 to 5, with 60 binary places.
  std::uint64_t half;
  std::uint64_t decimals;
};

constexpr unsigned half_places = 60;

constexpr std::array<Scale, most_places + 1> make_scales() {
  std::array<Scale, most_places + 1> scales{};
  for (unsigned places = 1; places <= most_places; ++places) {
    const unsigned decimals = decimals_for(places);
    // 10^decimals / 2^(places + 1), of which 2^decimals cancels out.
    scales[places] = {powers_of_5[decimals] << (half_places + decimals - places - 1), decimals};
  }
  return scales;
}

inline constexpr std::array<Scale, most_places + 1> scales = make_scales();

}  // namespace exact_detail

/// Whether shortest_decimal() takes the number.
inline bool has_exact_decimal(double magnitude) {
  return magnitude >= exact_detail::smallest && magnitude < exact_detail::limit;
}

/// The shortest decimal that reads back as `magnitude`, and of those the nearest to it; for numbers
/// that have_exact_decimal(). The rounding interval of a power of two is lopsided, but those here
/// (2^-13 and up) have few digits: they are found as they are, and so are whole numbers.
///
/// No branch: whether the shortest decimal is a little above or below the number is chance.
inline ExactDecimal shortest_decimal(double magnitude) {
  using namespace exact_detail;
  const auto bits = std::bit_cast<std::uint64_t>(magnitude);
  const std::uint64_t significand = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1}
                                                                                  << 52;
  const Scale& scale = scales[1075 - (bits >> 52)];
  // The number in units of 10^-decimals, with 64 binary places, exactly.
  __extension__ using Wide = unsigned __int128;
  const Wide scaled = Wide{significand << (65 - half_places)} * scale.half;
  const auto fraction = static_cast<std::uint64_t>(scaled);
  const auto whole = static_cast<std::uint64_t>(scaled >> 64);
  // How far it is from the nearest multiple of ten, above or below. It has 47 binary places at
  // most (places - decimals + 1), so the last four go for the sign.
  const std::uint64_t tens = (whole + 5) / 10 * 10;
  const std::uint64_t distance = ((whole - tens) << half_places) + (fraction >> 4);
  // A double with an even significand owns the ends of its interval.
  const std::uint64_t reach = scale.half - (significand & 1);
  const std::uint64_t middle = std::uint64_t{1} << 63;
  const std::uint64_t nearest = whole + (fraction + (whole & 1) > middle ? 1 : 0);
  const std::uint64_t takes_tens = std::uint64_t{0} - (distance + reach <= 2 * reach ? 1 : 0);
  return {nearest ^ ((nearest ^ tens) & takes_tens), static_cast<unsigned>(scale.decimals)};
}

}  // namespace xylem::format
