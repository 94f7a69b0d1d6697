#include "config/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "config/json_number.hpp"
#include "config/python_text.hpp"

namespace xylem::config {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view digits_and_breaks = "0123456789_";

/// What is left of a text that is matched from its front. By hand, because std::regex recurses as
/// deep as a text is long.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  bool is_empty() const { return text_.empty(); }

  bool take_one(std::string_view of) {
    if (text_.empty() || of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  /// Returns how many there were.
  std::size_t take_all(std::string_view of) {
    const std::size_t count = std::min(text_.find_first_not_of(of), text_.size());
    text_.remove_prefix(count);
    return count;
  }

  /// From `least` to `most` digits.
  bool take_digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    while (count < most && take_one(digits)) ++count;
    return count >= least;
  }

  /// `(:[0-5]?[0-9])+`, base 60; false when there is none.
  bool take_sixties() {
    bool is_any = false;
    while (text_.size() > 1 && text_.front() == ':' && digits.find(text_[1]) != text_.npos) {
      const bool has_two =
          text_[1] <= '5' && text_.size() > 2 && digits.find(text_[2]) != text_.npos;
      text_.remove_prefix(has_two ? 3 : 2);
      is_any = true;
    }
    return is_any;
  }

  /// `([eE][-+][0-9]+)?`: a sign is required, so `1.0e5` is a string.
  void take_exponent() {
    Rest rest = *this;
    if (rest.take_one("eE") && rest.take_one("-+") && rest.take_all(digits) > 0) *this = rest;
  }

 private:
  std::string_view text_;
};

bool is_among(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_true(std::string_view text) {
  return is_among(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"});
}

bool is_false(std::string_view text) {
  return is_among(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"});
}

bool is_float(std::string_view text) {
  Rest rest(text);
  const bool is_signed = rest.take_one("-+");
  if (rest.take_one(digits)) {
    rest.take_all(digits_and_breaks);
    const bool is_base_60 = rest.take_sixties();
    if (!rest.take_one(".")) return false;
    rest.take_all(digits_and_breaks);
    if (!is_base_60) rest.take_exponent();
    return rest.is_empty();
  }
  const std::string_view unsigned_text = text.substr(is_signed ? 1 : 0);
  if (is_among(unsigned_text, {".inf", ".Inf", ".INF"})) return true;
  if (is_signed) return false;
  if (is_among(text, {".nan", ".NaN", ".NAN"})) return true;
  if (!rest.take_one(".") || !rest.take_one(digits)) return false;
  rest.take_all(digits_and_breaks);
  rest.take_exponent();
  return rest.is_empty();
}

bool is_integer(std::string_view text) {
  Rest rest(text);
  rest.take_one("-+");
  if (rest.take_word("0b")) return rest.take_all("01_") > 0 && rest.is_empty();
  if (rest.take_word("0x")) {
    return rest.take_all("0123456789abcdefABCDEF_") > 0 && rest.is_empty();
  }
  if (rest.take_word("0")) {
    rest.take_all("01234567_");
    return rest.is_empty();
  }
  if (!rest.take_one(digits)) return false;
  rest.take_all(digits_and_breaks);
  rest.take_sixties();
  return rest.is_empty();
}

bool is_time_of_day(Rest& rest) {
  if (!rest.take_one("Tt") && rest.take_all(" \t") == 0) return false;
  if (!rest.take_digits(1, 2) || !rest.take_one(":") || !rest.take_digits(2, 2) ||
      !rest.take_one(":") || !rest.take_digits(2, 2)) {
    return false;
  }
  if (rest.take_one(".")) rest.take_all(digits);
  if (rest.is_empty()) return true;
  rest.take_all(" \t");
  if (rest.take_one("Z")) return rest.is_empty();
  if (!rest.take_one("-+") || !rest.take_digits(1, 2)) return false;
  return rest.is_empty() || (rest.take_one(":") && rest.take_digits(2, 2) && rest.is_empty());
}

bool is_timestamp(std::string_view text) {
  Rest date(text);
  if (!date.take_digits(4, 4) || !date.take_one("-")) return false;
  Rest loose = date;
  if (date.take_digits(2, 2) && date.take_one("-") && date.take_digits(2, 2) && date.is_empty()) {
    return true;
  }
  return loose.take_digits(1, 2) && loose.take_one("-") && loose.take_digits(1, 2) &&
         is_time_of_day(loose);
}

/// A natural number in base 1e9, the least limb first.
class Decimal {
 public:
  void multiply_and_add(std::uint32_t factor, std::uint32_t summand) {
    std::uint64_t carry = summand;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * factor;
      limb = static_cast<std::uint32_t>(carry % base);
      carry /= base;
    }
    if (carry > 0) limbs_.push_back(static_cast<std::uint32_t>(carry));
  }

  std::string text() const {
    std::string text = limbs_.empty() ? "0" : std::to_string(limbs_.back());
    for (std::size_t i = limbs_.size(); i-- > 1;) {
      const std::string limb = std::to_string(limbs_[i - 1]);
      text.append(limb_digits - limb.size(), '0') += limb;
    }
    return text;
  }

 private:
  static constexpr std::uint64_t base = 1'000'000'000;
  static constexpr std::size_t limb_digits = 9;

  std::vector<std::uint32_t> limbs_;
};

std::string without_breaks(std::string_view text) {
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

/// Python's own bound for the digits of an integer that it reads.
constexpr std::size_t most_digits = 4300;

[[noreturn]] void refuse_integer(std::string_view text, std::uint32_t base) {
  throw BadScalar("invalid literal for int() with base " + std::to_string(base) + ": " +
                  python_repr(text));
}

/// Python's int(text, base), for what has neither a sign nor blanks.
Decimal to_integer(std::string_view text, std::uint32_t base) {
  if (text.size() > most_digits) {
    throw BadScalar("An integer has more than " + std::to_string(most_digits) + " digits");
  }
  if (text.empty()) refuse_integer(text, base);
  Decimal number;
  for (const char& c : text) {
    std::uint32_t digit = 0;
    const auto result = std::from_chars(&c, &c + 1, digit, static_cast<int>(base));
    if (result.ec != std::errc()) refuse_integer(text, base);
    number.multiply_and_add(base, digit);
  }
  return number;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':')) {
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

Decimal to_integer_of_base_60(std::string_view text) {
  const std::vector<std::string_view> parts = parts_of(text);
  Decimal number = to_integer(parts.front(), 10);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const char* const end = parts[i].data() + parts[i].size();
    std::uint32_t part = 0;
    const auto result = std::from_chars(parts[i].data(), end, part);
    if (result.ec != std::errc() || result.ptr != end) refuse_integer(parts[i], 10);
    number.multiply_and_add(60, part);
  }
  return number;
}

/// A sign, and what follows it.
std::pair<bool, std::string_view> split_sign(std::string_view text) {
  const bool is_signed = text.starts_with('-') || text.starts_with('+');
  return {text.starts_with('-'), text.substr(is_signed ? 1 : 0)};
}

Value construct_integer(std::string_view text) {
  const std::string plain = without_breaks(text);
  const auto [is_negative, number] = split_sign(plain);
  Decimal decimal;
  if (number.starts_with("0b")) {
    decimal = to_integer(number.substr(2), 2);
  } else if (number.starts_with("0x")) {
    decimal = to_integer(number.substr(2), 16);
  } else if (number.starts_with('0')) {
    decimal = to_integer(number, 8);
  } else if (number.find(':') != number.npos) {
    decimal = to_integer_of_base_60(number);
  } else {
    decimal = to_integer(number, 10);
  }
  return *parse_number((is_negative ? "-" : "") + decimal.text());
}

/// Python's float(text), for what has neither a sign nor blanks.
double to_float(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec == std::errc::result_out_of_range) {
    return text.find("e-") == text.npos ? std::numeric_limits<double>::infinity() : 0.0;
  }
  const bool is_number = result.ec == std::errc() && result.ptr == end && !text.starts_with('-');
  if (!is_number) throw BadScalar("could not convert string to float: " + python_repr(text));
  return number;
}

Value construct_float(std::string_view text) {
  std::string plain = without_breaks(text);
  std::transform(plain.begin(), plain.end(), plain.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  const auto [is_negative, number] = split_sign(plain);
  double value = 0;
  if (number == ".inf") {
    value = std::numeric_limits<double>::infinity();
  } else if (number == ".nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    const std::vector<std::string_view> parts = parts_of(number);
    double unit = 1;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part, unit *= 60) {
      value += to_float(*part) * unit;
    }
  }
  return Value(Value::Data(is_negative ? -value : value));
}

Value construct_boolean(std::string_view text) {
  if (!is_true(text) && !is_false(text)) throw BadScalar("Not a boolean: " + python_repr(text));
  return Value(Value::Data(is_true(text)));
}

}  // namespace

YamlTag resolve_plain(std::string_view text) {
  if (is_among(text, {"", "~", "null", "Null", "NULL"})) return YamlTag::null;
  if (is_true(text) || is_false(text)) return YamlTag::boolean;
  if (is_float(text)) return YamlTag::floating;
  if (is_integer(text)) return YamlTag::integer;
  if (text == "<<") return YamlTag::merge;
  if (text == "=") return YamlTag::value;
  return is_timestamp(text) ? YamlTag::timestamp : YamlTag::string;
}

Value construct_scalar(YamlTag tag, std::string_view text) {
  switch (tag) {
    case YamlTag::string:
      return Value(Value::Data(std::string(text)));
    case YamlTag::null:
      return Value();
    case YamlTag::boolean:
      return construct_boolean(text);
    case YamlTag::integer:
      return construct_integer(text);
    case YamlTag::floating:
      return construct_float(text);
    case YamlTag::merge:
    case YamlTag::value:
      throw BadScalar(python_repr(text) + " is a value only in quotes");
    case YamlTag::timestamp:
      throw BadScalar(python_repr(text) + " is a date in YAML: put it in quotes");
  }
  throw BadScalar("unknown kind of scalar");
}

}  // namespace xylem::config
