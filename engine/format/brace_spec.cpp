#include "format/brace_spec.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "format/floating.hpp"
#include "format/number_text.hpp"
#include "format/percent.hpp"
#include "format/python_text.hpp"
#include "format/utf8.hpp"

namespace xylem::format {
namespace {

using record::Value;

/// "%c" of CPython's messages, which shows what is no visible character as a number.
std::string shown(std::string_view character) {
  const std::uint32_t c =
      decode_utf8(character.data(), character.data() + character.size()).code_point;
  if (c > 32 && c < 128) return std::string{character};
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "\\x%x", c);
  return text.data();
}

class SpecParser {
 public:
  explicit SpecParser(std::string_view text) : rest_{text} { spec_.source = text; }

  BraceSpec parse() {
    fill_and_align();
    if (is_one_of("+- ")) spec_.sign = take();
    spec_.no_minus_zero = skip('z');
    spec_.alternate = skip('#');
    spec_.zero = spec_.fill.empty() && skip('0');
    number(spec_.width);
    grouping();
    if (skip('.') && !number(spec_.precision)) fail("Format specifier missing precision");
    if (!rest_.empty()) {
      const std::size_t length = decode_utf8(rest_.data(), rest_.data() + rest_.size()).length;
      spec_.type = rest_.substr(0, length);
      spec_.is_whole = length == rest_.size();
    }
    return std::move(spec_);
  }

 private:
  static bool is_align(char c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

  bool is_one_of(std::string_view set) const {
    return !rest_.empty() && set.find(rest_.front()) != std::string_view::npos;
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Only the first thing that is wrong counts.
  void fail(const char* message) {
    if (spec_.fault.empty()) spec_.fault = message;
  }

  void fill_and_align() {
    if (rest_.empty()) return;
    const std::size_t length = decode_utf8(rest_.data(), rest_.data() + rest_.size()).length;
    if (length < rest_.size() && is_align(rest_[length])) {
      spec_.fill = rest_.substr(0, length);
      rest_.remove_prefix(length);
      spec_.align = take();
    } else if (is_align(rest_.front())) {
      spec_.align = take();
    }
  }

  /// Whether there is one. One that no line can mean is too big, as for `%`.
  bool number(int& into) {
    if (!is_one_of("0123456789")) return false;
    into = 0;
    while (is_one_of("0123456789")) {
      into = into * 10 + (take() - '0');
      if (into <= max_width) continue;
      fail("Too many decimal digits in format string");
      into = max_width;
    }
    return true;
  }

  void grouping() {
    if (skip(',')) spec_.separator = ',';
    if (skip('_')) {
      if (spec_.separator != '\0') fail("Cannot specify both ',' and '_'.");
      spec_.separator = '_';
    }
    if (spec_.separator == '_' && is_one_of(",")) fail("Cannot specify both ',' and '_'.");
  }

  std::string_view rest_;
  BraceSpec spec_;
};

[[noreturn]] void refuse_type(const BraceSpec& spec, const Value& value) {
  throw FormatError{"Unknown format code '" + shown(spec.type) + "' for object of type '" +
                    std::string{python_type(value)} + "'"};
}

/// What CPython finds wrong before it looks at the value; `type` is the one that counts, so of text
/// without one "s".
void check(const BraceSpec& spec, const Value& value, std::string_view type) {
  if (!spec.fault.empty()) throw FormatError{spec.fault};
  if (!spec.is_whole) {
    throw FormatError{"Invalid format specifier '" + spec.source + "' for object of type '" +
                      std::string{python_type(value)} + "'"};
  }
  if (spec.separator == '\0' || type.empty()) return;
  const std::string_view takers = spec.separator == '_' ? "deEfFgG%boxX" : "deEfFgG%";
  if (type.size() == 1 && takers.find(type) != std::string_view::npos) return;
  throw FormatError{std::string{"Cannot specify '"} + spec.separator + "' with '" + shown(type) +
                    "'."};
}

void append_fill(std::string& out, std::string_view fill, std::size_t count) {
  for (; count > 0; --count) out += fill;
}

void append_text(std::string& out, const BraceSpec& spec, const Value& value,
                 std::string_view text) {
  check(spec, value, spec.type.empty() ? "s" : std::string_view{spec.type});
  if (!spec.type.empty() && spec.type != "s") refuse_type(spec, value);
  constexpr const char* where = " not allowed in string format specifier";
  if (spec.sign == ' ') throw FormatError{std::string{"Space"} + where};
  if (spec.sign != '\0') throw FormatError{std::string{"Sign"} + where};
  if (spec.no_minus_zero) throw FormatError{std::string{"Negative zero coercion (z)"} + where};
  if (spec.alternate) throw FormatError{std::string{"Alternate form (#)"} + where};
  if (spec.align == '=') throw FormatError{std::string{"'=' alignment"} + where};
  if (spec.precision >= 0) {
    text = first_code_points(text, static_cast<std::size_t>(spec.precision));
  }
  const std::size_t size = count_code_points(text);
  const auto width = static_cast<std::size_t>(spec.width);
  const std::size_t padding = width > size ? width - size : 0;
  const std::size_t before = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
  const std::string_view fill = !spec.fill.empty() ? std::string_view{spec.fill}
                                : spec.zero        ? "0"
                                                   : " ";
  append_fill(out, fill, before);
  out += text;
  append_fill(out, fill, padding - before);
}

/// A number in the parts that padding and grouping tell apart.
struct Number {
  bool negative = false;
  std::string prefix{};
  std::string digits{};  // of the whole part
  std::string rest{};    // fraction, exponent, "inf", '%'
};

/// Groups the digits, from the right, and puts zeros before them until there are `least`
/// characters: a group of zeros is separated too, so there may be one more.
std::string grouped(std::string_view digits, int least, char separator, std::size_t group) {
  std::string reversed;
  std::size_t in_group = 0;
  while (!digits.empty() || static_cast<int>(reversed.size()) < least) {
    if (separator != '\0' && in_group == group) {
      reversed += separator;
      in_group = 0;
    }
    reversed += digits.empty() ? '0' : digits.back();
    if (!digits.empty()) digits.remove_suffix(1);
    ++in_group;
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

void append_number(std::string& out, const BraceSpec& spec, Number number) {
  const bool pads_with_zeros = spec.zero && spec.fill.empty();
  const char align = spec.align != '\0' ? spec.align : pads_with_zeros ? '=' : '>';
  const std::string_view fill = !spec.fill.empty() ? std::string_view{spec.fill}
                                : spec.zero        ? "0"
                                                   : " ";
  const std::string_view sign = number.negative ? "-"
                                : spec.sign == '+' || spec.sign == ' '
                                    ? std::string_view{&spec.sign, 1}
                                    : "";
  const std::size_t around = sign.size() + number.prefix.size() + count_code_points(number.rest);
  if (!number.digits.empty()) {
    // Zeros that stand between the sign and the digits are digits, which are grouped.
    const int least = fill == "0" && align == '=' ? spec.width - static_cast<int>(around) : 0;
    const bool is_binary =
        spec.type == "b" || spec.type == "o" || spec.type == "x" || spec.type == "X";
    number.digits = grouped(number.digits, least, spec.separator, is_binary ? 4 : 3);
  }
  const std::size_t size = around + number.digits.size();
  const auto width = static_cast<std::size_t>(spec.width);
  const std::size_t padding = width > size ? width - size : 0;
  const std::size_t before = align == '>' ? padding : align == '^' ? padding / 2 : 0;
  const std::size_t inside = align == '=' ? padding : 0;
  append_fill(out, fill, before);
  out.append(sign).append(number.prefix);
  append_fill(out, fill, inside);
  out.append(number.digits).append(number.rest);
  append_fill(out, fill, padding - before - inside);
}

std::string character_of(const BraceSpec& spec, const Value& value) {
  constexpr const char* where = " not allowed with integer format specifier 'c'";
  if (spec.sign != '\0') throw FormatError{std::string{"Sign"} + where};
  if (spec.alternate) throw FormatError{std::string{"Alternate form (#)"} + where};
  if (value.type == Value::Type::json) {
    throw FormatError{"Python int too large to convert to C long"};
  }
  std::uint64_t code_point = 0x110000;
  if (value.type == Value::Type::boolean) code_point = value.boolean ? 1 : 0;
  if (value.type == Value::Type::int64) code_point = static_cast<std::uint64_t>(value.int64);
  if (value.type == Value::Type::uint64) {
    if (value.uint64 > INT64_MAX) throw FormatError{"Python int too large to convert to C long"};
    code_point = value.uint64;
  }
  if (code_point >= 0x110000) throw FormatError{"%c arg not in range(0x110000)"};
  std::array<char, 4> bytes{};
  const char* const end = encode_utf8(bytes.data(), static_cast<std::uint32_t>(code_point));
  return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

void append_integer(std::string& out, const BraceSpec& spec, const Value& value) {
  if (spec.precision >= 0) {
    throw FormatError{"Precision not allowed in integer format specifier"};
  }
  if (spec.no_minus_zero) {
    throw FormatError{"Negative zero coercion (z) not allowed in integer format specifier"};
  }
  if (spec.type == "c") {
    append_number(out, spec, {.rest = character_of(spec, value)});
    return;
  }
  const char type = spec.type.empty() ? 'd' : spec.type.front();
  const unsigned base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
  IntegerText integer = *integer_text(value, base);
  if (type == 'X') {
    for (char& c : integer.digits)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  std::string prefix;
  if (spec.alternate && base != 10) prefix = {'0', type};
  append_number(out, spec, {integer.negative, std::move(prefix), std::move(integer.digits), {}});
}

/// What `{:.3}` shows of a real number: as 'g', but with a digit behind the point, for which the
/// exponent comes a place earlier.
std::string general_digits(double magnitude, int precision, bool alternate) {
  precision = std::max(precision, 1);
  std::string digits = real_digits(magnitude, 'e', precision - 1, false);
  const std::size_t mark = digits.find('e');
  if (mark == std::string::npos) return digits;
  const int exponent = std::stoi(digits.substr(mark + 1));
  const std::string power = digits.substr(mark);
  digits.erase(mark);
  std::erase(digits, '.');
  if (!alternate) digits.erase(std::max<std::size_t>(digits.find_last_not_of('0') + 1, 1));
  if (exponent < -4 || exponent > precision - 2) {
    if (digits.size() > 1 || alternate) digits.insert(1, 1, '.');
    return digits + power;
  }
  if (exponent < 0)
    return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
  return digits.insert(whole, 1, '.');
}

/// As repr(): for a specifier with neither type nor precision.
std::string shortest_digits(const Value& value, bool alternate) {
  std::array<char, max_floating_bytes + 64> text;
  const bool is_short = value.type == Value::Type::float32;
  char* const end = is_short ? write_repr(text.data(), std::fabs(value.float32))
                             : write_repr(text.data(), std::fabs(value.float64));
  std::string digits{text.data(), end};
  const std::size_t mark = digits.find('e');
  if (alternate && mark != std::string::npos && digits.find('.') == std::string::npos) {
    digits.insert(mark, 1, '.');
  }
  return digits;
}

std::string digits_of_real(const BraceSpec& spec, const Value& value, double magnitude) {
  if (std::isnan(magnitude) || std::isinf(magnitude)) {
    const bool is_upper = spec.type == "E" || spec.type == "F" || spec.type == "G";
    return std::isnan(magnitude) ? (is_upper ? "NAN" : "nan") : (is_upper ? "INF" : "inf");
  }
  if (spec.type.empty()) {
    return spec.precision < 0 ? shortest_digits(value, spec.alternate)
                              : general_digits(magnitude, spec.precision, spec.alternate);
  }
  const char type = spec.type == "n" ? 'g' : spec.type == "%" ? 'f' : spec.type.front();
  return real_digits(magnitude, type, spec.precision < 0 ? 6 : spec.precision, spec.alternate);
}

void append_real(std::string& out, const BraceSpec& spec, const Value& value) {
  double number = *real_number(value);
  if (spec.type == "%") number *= 100;
  const std::string digits = digits_of_real(spec, value, std::fabs(number));
  Number parts{.negative = shows_minus(number)};
  if (spec.no_minus_zero) {
    const std::string_view mantissa =
        std::string_view{digits}.substr(0, digits.find_first_of("eE"));
    const bool is_zero = mantissa.find_first_not_of("0.") == std::string_view::npos;
    parts.negative = parts.negative && !is_zero;
  }
  const std::size_t end = std::min(digits.find_first_not_of("0123456789"), digits.size());
  parts.digits = digits.substr(0, end);
  parts.rest = digits.substr(end);
  if (spec.type == "%") parts.rest += '%';
  append_number(out, spec, std::move(parts));
}

/// Whether an integer is shown in a type of its own, not as a real number.
bool is_integer_type(std::string_view type) {
  return type.empty() ||
         (type.size() == 1 && std::string_view{"bcdoxXn"}.find(type) != std::string_view::npos);
}
bool is_real_type(std::string_view type) {
  return type.empty() ||
         (type.size() == 1 && std::string_view{"eEfFgGn%"}.find(type) != std::string_view::npos);
}

}  // namespace

BraceSpec parse_brace_spec(std::string_view text) {
  return SpecParser{text}.parse();
}

void apply_brace_spec(std::string& out, const BraceSpec& spec, const Value& value) {
  if (spec.source.empty()) {
    out += python_str(value);
    return;
  }
  if (value.type == Value::Type::text) return append_text(out, spec, value, value.text);
  const std::string_view type = python_type(value);
  if (type != "int" && type != "bool" && type != "float") {
    throw FormatError{"unsupported format string passed to " + std::string{type} + ".__format__"};
  }
  if (value.type == Value::Type::pointer && spec.type.empty()) {
    const std::string address = python_str(value);
    return append_text(out, spec, Value::of(std::string_view{address}), address);
  }
  check(spec, value, spec.type);
  if (type == "float") {
    if (!is_real_type(spec.type)) refuse_type(spec, value);
    return append_real(out, spec, value);
  }
  if (is_integer_type(spec.type)) return append_integer(out, spec, value);
  if (!is_real_type(spec.type)) refuse_type(spec, value);
  append_real(out, spec, value);
}

}  // namespace xylem::format
