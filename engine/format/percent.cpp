#include "format/percent.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>

#include "format/python_text.hpp"
#include "format/utf8.hpp"

namespace xylem::format {
namespace {

using record::Value;

/// Reads the flags, width, precision and type behind `%(name)`.
class ConversionParser {
 public:
  ConversionParser(std::string_view format, std::size_t at) : format_{format}, at_{at} {}

  Conversion parse() {
    while (flag(peek())) ++at_;
    conversion_.width = number("width too big");
    if (peek() == '.') {
      ++at_;
      conversion_.precision = number("precision too big");
    }
    // A size, as C has it, means nothing.
    if (peek() == 'h' || peek() == 'l' || peek() == 'L') ++at_;
    if (at_ >= format_.size()) throw FormatError{"incomplete format"};
    conversion_.type = format_[at_];
    if (std::string_view{"diouxXeEfFgGcrsa"}.find(conversion_.type) == std::string_view::npos) {
      refuse_type();
    }
    ++at_;
    return conversion_;
  }

  std::size_t end() const { return at_; }

 private:
  char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  bool flag(char c) {
    switch (c) {
      case '#':
        return conversion_.alternate = true;
      case '0':
        return conversion_.zero_padded = true;
      case '-':
        return conversion_.left = true;
      case ' ':
        return conversion_.blank = true;
      case '+':
        return conversion_.plus = true;
      default:
        return false;
    }
  }

  int number(const char* too_big) {
    if (peek() == '*') throw FormatError{"* wants int"};
    int value = 0;
    for (; std::isdigit(static_cast<unsigned char>(peek())) != 0; ++at_) {
      value = value * 10 + (peek() - '0');
      if (value > max_width) throw FormatError{too_big};
    }
    return value;
  }

  [[noreturn]] void refuse_type() const {
    const Utf8Unit unit = decode_utf8(format_.data() + at_, format_.data() + format_.size());
    const std::uint32_t c = unit.code_point;
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "unsupported format character '%c' (0x%x) at index %zu",
                  c >= 0x1f && c <= 0x7e ? static_cast<char>(c) : '?', c,
                  count_code_points(format_.substr(0, at_)));
    throw FormatError{text.data()};
  }

  std::string_view format_;
  std::size_t at_;
  Conversion conversion_;
};

/// Appends sign, prefix and digits, padded to the width.
void append_number(std::string& out, const Conversion& conversion, std::string_view sign,
                   std::string_view prefix, std::string_view digits) {
  const auto width = static_cast<std::size_t>(conversion.width);
  const std::size_t size = sign.size() + prefix.size() + digits.size();
  const std::size_t padding = width > size ? width - size : 0;
  const bool zeros = conversion.zero_padded && !conversion.left;
  if (!conversion.left && !zeros) out.append(padding, ' ');
  out.append(sign).append(prefix);
  if (zeros) out.append(padding, '0');
  out.append(digits);
  if (conversion.left) out.append(padding, ' ');
}

std::string_view sign_of(const Conversion& conversion, bool negative) {
  if (negative) return "-";
  return conversion.plus ? "+" : conversion.blank ? " " : "";
}

/// An integer that no Value holds as a number, because it needs more than 64 bits.
bool is_big_integer(const Value& value) {
  return value.type == Value::Type::json &&
         value.text.find_first_not_of("-0123456789") == std::string_view::npos;
}

const char* type_of(const Value& value) {
  switch (value.type) {
    case Value::Type::text:
      return "str";
    case Value::Type::json:
      return value.text.starts_with('[') ? "list" : "dict";
    case Value::Type::float32:
    case Value::Type::float64:
      return "float";
    default:
      return "NoneType";
  }
}

[[noreturn]] void refuse(const Conversion& conversion, const Value& value) {
  const bool is_decimal = std::string_view{"diu"}.find(conversion.type) != std::string_view::npos;
  throw FormatError{std::string{"%"} + conversion.type +
                    " format: " + (is_decimal ? "a real number" : "an integer") +
                    " is required, not " + type_of(value)};
}

struct Integer {
  bool negative;
  std::string digits;
};

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

unsigned base_of(const Conversion& conversion) {
  return conversion.type == 'o' ? 8 : conversion.type == 'x' || conversion.type == 'X' ? 16 : 10;
}

/// The whole part, which is all that `%d` shows of a real number.
Integer truncated(const Conversion& conversion, const Value& value) {
  if (base_of(conversion) != 10) refuse(conversion, value);
  const double number = value.type == Value::Type::float32 ? value.float32 : value.float64;
  if (std::isnan(number)) throw FormatError{"cannot convert float NaN to integer"};
  if (std::isinf(number)) throw FormatError{"cannot convert float infinity to integer"};
  std::array<char, 320> digits{};  // of 1.8e308
  std::snprintf(digits.data(), digits.size(), "%.0f", std::trunc(std::fabs(number)));
  return {number <= -1, digits.data()};
}

Integer integer_of(const Conversion& conversion, const Value& value) {
  if (is_big_integer(value)) {
    const bool negative = value.text.starts_with('-');
    std::string digits{value.text.substr(negative ? 1 : 0)};
    if (base_of(conversion) != 10) digits = convert_base(std::move(digits), base_of(conversion));
    return {negative, std::move(digits)};
  }
  bool negative = false;
  unsigned long long magnitude = 0;
  switch (value.type) {
    case Value::Type::boolean:
      magnitude = value.boolean ? 1 : 0;
      break;
    case Value::Type::int64:
      magnitude = static_cast<unsigned long long>(value.int64);
      negative = value.int64 < 0;
      if (negative) magnitude = 0 - magnitude;
      break;
    case Value::Type::uint64:
    case Value::Type::pointer:
      magnitude = value.uint64;
      break;
    case Value::Type::float32:
    case Value::Type::float64:
      return truncated(conversion, value);
    default:
      refuse(conversion, value);
  }
  const unsigned base = base_of(conversion);
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(),
                base == 16  ? "%llx"
                : base == 8 ? "%llo"
                            : "%llu",
                magnitude);
  return {negative, digits.data()};
}

void append_integer(std::string& out, const Conversion& conversion, const Value& value) {
  auto [negative, digits] = integer_of(conversion, value);
  if (conversion.type == 'X') {
    for (char& c : digits) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  const auto least = static_cast<std::size_t>(conversion.precision < 0 ? 0 : conversion.precision);
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  const bool has_prefix = conversion.alternate && base_of(conversion) != 10;
  const char prefix[] = {'0', conversion.type, '\0'};
  append_number(out, conversion, sign_of(conversion, negative), has_prefix ? prefix : "", digits);
}

double real_of(const Value& value) {
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
  if (!is_big_integer(value)) {
    throw FormatError{std::string{"must be real number, not "} + type_of(value)};
  }
  double number = 0;
  if (std::from_chars(value.text.data(), value.text.data() + value.text.size(), number).ec !=
      std::errc{}) {
    throw FormatError{"int too large to convert to float"};
  }
  return number;
}

void append_real(std::string& out, const Conversion& conversion, const Value& value) {
  const double number = real_of(value);
  const std::string pattern = std::string{conversion.alternate ? "%#.*" : "%.*"} + conversion.type;
  const int precision = conversion.precision < 0 ? 6 : conversion.precision;
  const double magnitude = std::fabs(number);
  const int size = std::snprintf(nullptr, 0, pattern.c_str(), precision, magnitude);
  std::string digits(static_cast<std::size_t>(size) + 1, '\0');
  std::snprintf(digits.data(), digits.size(), pattern.c_str(), precision, magnitude);
  digits.pop_back();
  const bool negative = std::signbit(number) && !std::isnan(number);
  append_number(out, conversion, sign_of(conversion, negative), "", digits);
}

void append_text(std::string& out, const Conversion& conversion, std::string_view text) {
  if (conversion.precision >= 0 && conversion.type != 'c') {
    std::size_t end = 0;
    for (int left = conversion.precision; left > 0 && end < text.size(); --left) {
      end += decode_utf8(text.data() + end, text.data() + text.size()).length;
    }
    text = text.substr(0, end);
  }
  const std::size_t size = count_code_points(text);
  const auto width = static_cast<std::size_t>(conversion.width);
  const std::size_t padding = width > size ? width - size : 0;
  if (!conversion.left) out.append(padding, ' ');
  out.append(text);
  if (conversion.left) out.append(padding, ' ');
}

std::string character_of(const Value& value) {
  if (value.type == Value::Type::text && count_code_points(value.text) == 1) {
    return std::string{value.text};
  }
  std::uint64_t code_point = 0x110000;
  if (value.type == Value::Type::boolean) {
    code_point = value.boolean ? 1 : 0;
  } else if (value.type == Value::Type::int64) {
    code_point = static_cast<std::uint64_t>(value.int64);
  } else if (value.type != Value::Type::uint64 && !is_big_integer(value)) {
    throw FormatError{"%c requires int or char"};
  }
  // A uint64 is one only because it is too big for an int64.
  if (code_point >= 0x110000) throw FormatError{"%c arg not in range(0x110000)"};
  std::array<char, 4> bytes{};
  const char* const end = encode_utf8(bytes.data(), static_cast<std::uint32_t>(code_point));
  return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

}  // namespace

std::vector<PatternPiece> parse_percent(std::string_view format) {
  std::vector<PatternPiece> pieces(1);
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      pieces.back().text += format[at++];
      continue;
    }
    if (format.substr(at).starts_with("%%")) {
      pieces.back().text += '%';
      at += 2;
      continue;
    }
    ++at;
    std::string name;
    const bool named = at < format.size() && format[at] == '(';
    if (named) {
      int depth = 1;
      for (++at; at < format.size(); ++at) {
        depth += format[at] == '(' ? 1 : format[at] == ')' ? -1 : 0;
        if (depth == 0) break;
        name += format[at];
      }
      if (at >= format.size()) throw FormatError{"incomplete format key"};
      ++at;
    }
    ConversionParser parser{format, at};
    const Conversion conversion = parser.parse();
    at = parser.end();
    // Python prints the whole record for a first `%s` without a name; nobody can mean that.
    if (!named) throw FormatError{"not enough arguments for format string"};
    pieces.back().name = std::move(name);
    pieces.back().conversion = conversion;
    pieces.emplace_back();
  }
  return pieces;
}

void apply_percent(std::string& out, const Conversion& conversion, const Value& value) {
  switch (conversion.type) {
    case 's':
      append_text(out, conversion, python_str(value));
      break;
    case 'r':
    case 'a':
      append_text(out, conversion, python_repr(value, conversion.type == 'a'));
      break;
    case 'c':
      append_text(out, conversion, character_of(value));
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      append_real(out, conversion, value);
      break;
    default:
      append_integer(out, conversion, value);
  }
}

}  // namespace xylem::format
