#include "config/json_number.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

namespace xylem::config {
namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

char char_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? text[at] : '\0';
}

}  // namespace

std::size_t number_length(std::string_view text) noexcept {
  const std::size_t digits = char_at(text, 0) == '-' ? 1 : 0;
  // A leading zero stands alone; what follows it is left to the caller to refuse.
  std::size_t end = char_at(text, digits) == '0' ? digits + 1 : skip_digits(text, digits);
  if (end == digits) return 0;
  if (char_at(text, end) == '.') {
    const std::size_t fraction = skip_digits(text, end + 1);
    if (fraction > end + 1) end = fraction;
  }
  if (char_at(text, end) == 'e' || char_at(text, end) == 'E') {
    const char sign = char_at(text, end + 1);
    const std::size_t first = end + (sign == '+' || sign == '-' ? 2 : 1);
    const std::size_t exponent = skip_digits(text, first);
    if (exponent > first) end = exponent;
  }
  return end;
}

std::optional<Value> parse_number(std::string_view token) {
  const char* const first = token.data();
  const char* const last = first + token.size();
  if (token.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t integer = 0;
    if (std::from_chars(first, last, integer).ec == std::errc()) {
      return Value(Value::Data(integer));
    }
    return Value(Value::Data(BigInteger{std::string(token)}));
  }
  double number = 0;
  if (std::from_chars(first, last, number).ec != std::errc()) return std::nullopt;
  return Value(Value::Data(number));
}

}  // namespace xylem::config
