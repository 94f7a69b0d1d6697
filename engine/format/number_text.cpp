#include "format/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <system_error>
#include <utility>

#include "format/percent.hpp"

namespace xylem::format {
namespace {

using record::Value;

/// An integer that no Value holds as a number, because it needs more than 64 bits.
bool is_big_integer(const Value& value) {
  return value.type == Value::Type::json && is_integer_text(value.text);
}

/// The digits of a number that is given in decimal ones, by long division.
std::string convert_base(std::string decimal, unsigned base) {
  std::string digits;
  while (!decimal.empty()) {
    unsigned rest = 0;
    std::string quotient;
    for (const char c : decimal) {
      rest = rest * 10 + static_cast<unsigned>(c - '0');
      if (!quotient.empty() || rest >= base) quotient += static_cast<char>('0' + rest / base);
      rest %= base;
    }
    digits.insert(digits.begin(), "0123456789abcdef"[rest]);
    decimal = std::move(quotient);
  }
  return digits;
}

IntegerText big_integer(std::string_view text, unsigned base) {
  const bool negative = text.starts_with('-');
  std::string digits{text.substr(negative ? 1 : 0)};
  if (base != 10) digits = convert_base(std::move(digits), base);
  return {negative, std::move(digits)};
}

}  // namespace

bool is_integer_text(std::string_view json) {
  if (json.starts_with('-')) json.remove_prefix(1);
  return !json.empty() && json.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<IntegerText> integer_text(const Value& value, unsigned base) {
  if (is_big_integer(value)) return big_integer(value.text, base);
  bool negative = false;
  std::uint64_t magnitude = 0;
  switch (value.type) {
    case Value::Type::boolean:
      magnitude = value.boolean ? 1 : 0;
      break;
    case Value::Type::int64:
      magnitude = static_cast<std::uint64_t>(value.int64);
      negative = value.int64 < 0;
      if (negative) magnitude = 0 - magnitude;
      break;
    case Value::Type::uint64:
    case Value::Type::pointer:
      magnitude = value.uint64;
      break;
    default:
      return std::nullopt;
  }
  std::array<char, 64> digits;
  char* const end = digits.data() + digits.size();
  const auto result = std::to_chars(digits.data(), end, magnitude, static_cast<int>(base));
  return IntegerText{negative, {digits.data(), result.ptr}};
}

std::optional<double> real_number(const Value& value) {
  switch (value.type) {
    case Value::Type::boolean:
      return value.boolean ? 1 : 0;
    case Value::Type::int64:
      return static_cast<double>(value.int64);
    case Value::Type::uint64:
    case Value::Type::pointer:
      return static_cast<double>(value.uint64);
    case Value::Type::float32:
      return value.float32;
    case Value::Type::float64:
      return value.float64;
    default:
      break;
  }
  if (!is_big_integer(value)) return std::nullopt;
  double number = 0;
  if (std::from_chars(value.text.data(), value.text.data() + value.text.size(), number).ec !=
      std::errc{}) {
    throw FormatError{"int too large to convert to float"};
  }
  return number;
}

std::string real_digits(double magnitude, char type, int precision, bool alternate) {
  const std::string pattern = std::string{alternate ? "%#.*" : "%.*"} + type;
  const int size = std::snprintf(nullptr, 0, pattern.c_str(), precision, magnitude);
  std::string digits(static_cast<std::size_t>(size) + 1, '\0');
  std::snprintf(digits.data(), digits.size(), pattern.c_str(), precision, magnitude);
  digits.pop_back();
  return digits;
}

bool shows_minus(double number) {
  return std::signbit(number) && !std::isnan(number);
}

}  // namespace xylem::format
