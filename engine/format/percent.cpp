#include "format/percent.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

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
    conversion_.width = number();
    if (peek() == '.') {
      ++at_;
      conversion_.precision = number();
    }
    while (peek() == 'h' || peek() == 'l' || peek() == 'L') ++at_;
    if (at_ >= format_.size()) throw FormatError{"incomplete format"};
    conversion_.type = format_[at_];
    if (std::string_view{"diouxXeEfFgGcrsa%"}.find(conversion_.type) == std::string_view::npos) {
      throw FormatError{"unsupported format character '" + std::string{conversion_.type} + "'"};
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

  int number() {
    if (peek() == '*') throw FormatError{"* wants int"};
    int value = 0;
    for (; std::isdigit(static_cast<unsigned char>(peek())) != 0; ++at_) {
      value = value * 10 + (peek() - '0');
      if (value > max_width) throw FormatError{"width too big"};
    }
    return value;
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

[[noreturn]] void refuse(const Conversion& conversion, const Value& value, const char* wants) {
  const char* const type = value.type == Value::Type::text   ? "str"
                           : value.type == Value::Type::null ? "NoneType"
                           : value.type == Value::Type::json ? "dict"
                                                             : "float";
  throw FormatError{std::string{"%"} + conversion.type + " format: " + wants +
                    " is required, not " + type};
}

struct Magnitude {
  bool negative;
  unsigned long long value;
};

Magnitude integer_of(const Conversion& conversion, const Value& value) {
  switch (value.type) {
    case Value::Type::boolean:
      return {false, value.boolean ? 1u : 0u};
    case Value::Type::int64: {
      const auto number = static_cast<unsigned long long>(value.int64);
      return {value.int64 < 0, value.int64 < 0 ? 0 - number : number};
    }
    case Value::Type::uint64:
    case Value::Type::pointer:
      return {false, value.uint64};
    case Value::Type::float32:
    case Value::Type::float64: {
      const double number = value.type == Value::Type::float32 ? value.float32 : value.float64;
      const bool takes_floats =
          conversion.type == 'd' || conversion.type == 'i' || conversion.type == 'u';
      if (!takes_floats) refuse(conversion, value, "an integer");
      if (!(std::fabs(number) < 1.8e19)) {
        throw FormatError{"cannot convert float infinity or NaN to integer"};
      }
      return {number <= -1, static_cast<unsigned long long>(std::fabs(number))};
    }
    default:
      refuse(conversion, value,
             std::string_view{"diu"}.find(conversion.type) != std::string_view::npos
                 ? "a real number"
                 : "an integer");
  }
}

void append_integer(std::string& out, const Conversion& conversion, const Value& value) {
  const auto [negative, magnitude] = integer_of(conversion, value);
  std::array<char, 32> digits{};
  const char type = conversion.type;
  const char* const pattern = type == 'x'   ? "%llx"
                              : type == 'X' ? "%llX"
                              : type == 'o' ? "%llo"
                                            : "%llu";
  std::snprintf(digits.data(), digits.size(), pattern, magnitude);
  std::string text{digits.data()};
  const auto least = static_cast<std::size_t>(conversion.precision < 0 ? 0 : conversion.precision);
  if (text.size() < least) text.insert(0, least - text.size(), '0');
  const bool has_prefix = conversion.alternate && pattern[3] != 'u';
  const char prefix[] = {'0', type, '\0'};
  append_number(out, conversion, sign_of(conversion, negative), has_prefix ? prefix : "", text);
}

double real_of(const Conversion& conversion, const Value& value) {
  switch (value.type) {
    case Value::Type::boolean:
      return value.boolean ? 1 : 0;
    case Value::Type::int64:
      return static_cast<double>(value.int64);
    case Value::Type::uint64:
      return static_cast<double>(value.uint64);
    case Value::Type::float32:
      return value.float32;
    case Value::Type::float64:
      return value.float64;
    default:
      if (value.type == Value::Type::text || value.type == Value::Type::null) {
        throw FormatError{std::string{"must be real number, not "} +
                          (value.type == Value::Type::text ? "str" : "NoneType")};
      }
      refuse(conversion, value, "a real number");
  }
}

void append_real(std::string& out, const Conversion& conversion, const Value& value) {
  const double number = real_of(conversion, value);
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
  if (conversion.precision >= 0) {
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
  const bool number = value.type == Value::Type::int64 || value.type == Value::Type::uint64;
  if (!number || value.uint64 >= 0x110000) throw FormatError{"%c requires int or char"};
  std::array<char, 4> bytes{};
  const char* const end = encode_utf8(bytes.data(), static_cast<std::uint32_t>(value.uint64));
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
    if (conversion.type == '%') {
      pieces.back().text += '%';
    } else if (named) {
      pieces.back().name = std::move(name);
      pieces.back().conversion = conversion;
      pieces.emplace_back();
    } else {
      throw FormatError{"format requires a mapping"};
    }
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
