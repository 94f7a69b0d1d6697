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

}  // namespace exact_detail

/// Whether shortest_decimal() takes the number, unless it is whole.
inline bool has_exact_decimal(double magnitude) {
  return magnitude >= exact_detail::smallest && magnitude < exact_detail::limit;
}

/// The shortest decimal that reads back as `magnitude`, and of those the nearest to it; for numbers
/// that are not whole and have_exact_decimal(). The rounding interval of a power of two is
/// lopsided, but those here (0.5 to 2^-13) have few digits: they are found as they are.
inline ExactDecimal shortest_decimal(double magnitude) {
  const auto bits = std::bit_cast<std::uint64_t>(magnitude);
  const std::uint64_t significand = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1}
                                                                                  << 52;
  const auto places = static_cast<unsigned>(1075 - (bits >> 52));
  const unsigned decimals = exact_detail::decimals_for(places);
  // The number in units of 10^-decimals: a fixed-point number with `point` binary places, one more
  // than needed, so that half the distance to the next double is a whole number as well.
  const std::uint64_t half = exact_detail::powers_of_5[decimals];
  const unsigned point = places - decimals + 1;
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t twice = 2 * significand;
  const Wide scaled = Wide{twice} * half;
  const auto low = static_cast<std::uint64_t>(scaled);
  const auto high = static_cast<std::uint64_t>(scaled >> 64);
  const std::uint64_t whole = high << (64 - point) | low >> point;
  const std::uint64_t fraction = low & ((std::uint64_t{1} << point) - 1);
  // A double with an even significand owns the ends of its interval.
  const std::uint64_t reach = half - (significand & 1);
  const std::uint64_t last = whole % 10;
  const std::uint64_t above_ten = last << point | fraction;
  const std::uint64_t below_ten = (std::uint64_t{10} << point) - above_ten;
  const std::uint64_t middle = std::uint64_t{1} << (point - 1);
  std::uint64_t digits = whole + (fraction + (whole & 1) > middle ? 1 : 0);
  digits = above_ten <= reach ? whole - last : digits;
  digits = below_ten <= reach ? whole - last + 10 : digits;
  return {digits, decimals};
}

}  // namespace xylem::format
