#include "format/percent.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "format/number_text.hpp"
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

[[noreturn]] void refuse(const Conversion& conversion, const Value& value) {
  const bool is_decimal = std::string_view{"diu"}.find(conversion.type) != std::string_view::npos;
  throw FormatError{std::string{"%"} + conversion.type +
                    " format: " + (is_decimal ? "a real number" : "an integer") +
                    " is required, not " + std::string{python_type(value)}};
}

unsigned base_of(const Conversion& conversion) {
  return conversion.type == 'o' ? 8 : conversion.type == 'x' || conversion.type == 'X' ? 16 : 10;
}

/// The whole part, which is all that `%d` shows of a real number.
IntegerText truncated(const Conversion& conversion, const Value& value) {
  if (base_of(conversion) != 10) refuse(conversion, value);
  const double number = value.type == Value::Type::float32 ? value.float32 : value.float64;
  if (std::isnan(number)) throw FormatError{"cannot convert float NaN to integer"};
  if (std::isinf(number)) throw FormatError{"cannot convert float infinity to integer"};
  return {number <= -1, real_digits(std::trunc(std::fabs(number)), 'f', 0, false)};
}

IntegerText integer_of(const Conversion& conversion, const Value& value) {
  if (auto integer = integer_text(value, base_of(conversion))) return *std::move(integer);
  const bool is_real = value.type == Value::Type::float32 || value.type == Value::Type::float64;
  if (!is_real) refuse(conversion, value);
  return truncated(conversion, value);
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

void append_real(std::string& out, const Conversion& conversion, const Value& value) {
  const std::optional<double> number = real_number(value);
  if (!number) throw FormatError{"must be real number, not " + std::string{python_type(value)}};
  const int precision = conversion.precision < 0 ? 6 : conversion.precision;
  const std::string digits =
      real_digits(std::fabs(*number), conversion.type, precision, conversion.alternate);
  append_number(out, conversion, sign_of(conversion, shows_minus(*number)), "", digits);
}

void append_text(std::string& out, const Conversion& conversion, std::string_view text) {
  if (conversion.precision >= 0 && conversion.type != 'c') {
    text = first_code_points(text, static_cast<std::size_t>(conversion.precision));
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
  } else if (value.type == Value::Type::uint64) {
    code_point = value.uint64;
  } else if (value.type == Value::Type::pointer || !integer_text(value, 16)) {
    throw FormatError{"%c requires int or char"};
  }
  if (code_point >= 0x110000) throw FormatError{"%c arg not in range(0x110000)"};
  std::array<char, 4> bytes{};
  const char* const end = encode_utf8(bytes.data(), static_cast<std::uint32_t>(code_point));
  return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

}  // namespace

FormatError missing_field(std::string_view name) {
  return FormatError{"Formatting field not found in record: " +
                     python_repr(Value::of(name), false)};
}

Conversion parse_conversion(std::string_view format, std::size_t& at) {
  ConversionParser parser{format, at};
  const Conversion conversion = parser.parse();
  at = parser.end();
  return conversion;
}

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
    const Conversion conversion = parse_conversion(format, at);
    // Python prints the whole record for a first `%s` without a name; nobody can mean that.
    if (!named) throw FormatError{"not enough arguments for format string"};
    if (name.empty()) throw missing_field(name);
    pieces.back().name = std::move(name);
    pieces.back().conversion = conversion;
    pieces.emplace_back();
  }
  return pieces;
}

void apply_percent(std::string& out, const Conversion& conversion, const Value& value) {
  switch (conversion.type) {
    case 's':
      if (value.type == Value::Type::text) return append_text(out, conversion, value.text);
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
