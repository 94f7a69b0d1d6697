#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "format/copy.hpp"
#include "format/exact_decimal.hpp"
#include "format/floating.hpp"
#include "format/integer.hpp"
#include "format/program.hpp"
#include "format/step.hpp"
#include "format/timestamp.hpp"
#include "record/payload.hpp"

/// What the steps of every kernel share.
namespace xylem::format::step_detail {

/// Numbers that a kernel may make and keep by itself.
constexpr bool is_quick_number(Hole hole) {
  switch (hole) {
    case Hole::int64:
    case Hole::uint64:
    case Hole::int32:
    case Hole::uint32:
    case Hole::float64:
    case Hole::float64_json:
      return true;
    default:
      return false;
  }
}

/// Holes whose text is kept in mind, should it come again.
constexpr bool is_remembered(Hole hole) {
  return is_quick_number(hole) || hole == Hole::float32 || hole == Hole::float32_json ||
         hole == Hole::pointer || hole == Hole::string || hole == Hole::next_string;
}

/// Where in Workspace::written an argument is.
constexpr std::size_t place_of(std::size_t argument) {
  return std::min(argument, Workspace::ready_arguments);
}

/// The powers of ten, for the number of digits of the numbers with as many bits.
struct DigitCounts {
  std::array<std::uint8_t, 64> by_bits{};  // of the largest number with a bit more
  std::array<std::uint64_t, 20> powers{};
};

constexpr DigitCounts make_digit_counts() {
  DigitCounts counts;
  std::uint64_t power = 1;
  for (std::uint64_t& entry : counts.powers) {
    entry = power;
    power *= 10;
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t largest = (std::uint64_t{2} << bit) - 1;
    for (std::uint64_t rest = largest; rest != 0; rest /= 10) ++counts.by_bits[bit];
  }
  return counts;
}

inline constexpr DigitCounts digit_counts = make_digit_counts();

/// 1 for 0.
inline unsigned count_digits(std::uint64_t value) {
  // Numbers with the same highest bit differ in their digits by one at most.
  const unsigned most = digit_counts.by_bits[static_cast<unsigned>(std::bit_width(value | 1)) - 1];
  return most - ((value | 1) < digit_counts.powers[most - 1] ? 1 : 0);
}

inline char* copy(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// Copies a text of 8 to 16 bytes, which has no padding, by two moves that overlap; else null.
inline char* copy_quickly(char* out, std::string_view text) {
  const char* const from = text.data();
  const std::size_t bytes = text.size();
  if (bytes < 8 || bytes > 16) [[unlikely]]
    return nullptr;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::memcpy(&head, from, 8);
  std::memcpy(&tail, from + bytes - 8, 8);
  std::memcpy(out, &head, 8);
  std::memcpy(out + bytes - 8, &tail, 8);
  return out + bytes;
}

/// What a kernel without wide vectors fills without a call: integers below 10^8. See steps.inl.
struct QuickIntegers {
  using Written = Workspace::Written;

  static constexpr bool keeps_numbers = false;

  static char* write_u64(char* out, std::uint64_t value, Written&) {
    if (value >= integer_detail::ten_to_8) [[unlikely]]
      return nullptr;
    return integer_detail::write_below_ten_to_8(out, static_cast<std::uint32_t>(value));
  }
  static char* write_i64(char* out, std::int64_t value, Written& written) {
    const bool negative = value < 0;
    const auto bits = static_cast<std::uint64_t>(value);
    *out = '-';
    return write_u64(out + (negative ? 1 : 0), negative ? 0 - bits : bits, written);
  }
  template <bool json>
  static char* write_double(char*, double, Written&) {
    return nullptr;
  }
  static char* copy_number(char* out, const Written& written, std::size_t bytes) {
    copy_32(out, written.at);
    return out + bytes;
  }
  template <TextStyle style>
  static char* write_text(char*, std::string_view) {
    return nullptr;
  }
};

/// Without a branch: whether a flag is set is what nobody can predict.
inline char* write_bool(char* out, bool value) {
  static constexpr char words[2][9] = {"false   ", "true    "};
  std::memcpy(out, words[value ? 1 : 0], 8);
  return out + (value ? 4 : 5);
}

char* write_pointer(char* out, std::uint64_t address);

/// Turns libfmt's form of a double, which has just been copied to [begin, end), into JSON's.
char* finish_float(char* begin, char* end, double value);

/// The same where it may take a ".0" and nothing else; else null. From 1e16 on both have an
/// exponent.
inline char* finish_float_quickly(char* end, double value) {
  if (!(value > -1e16 && value < 1e16)) [[unlikely]]
    return nullptr;
  const bool whole = value == static_cast<double>(static_cast<std::int64_t>(value));
  end[0] = '.';
  end[1] = '0';
  return end + (whole ? 2 : 0);
}

}  // namespace xylem::format::step_detail
