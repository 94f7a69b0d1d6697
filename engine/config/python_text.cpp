#include "config/python_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "format/floating.hpp"
#include "format/printable.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

std::string float_repr(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  // The kernel may store 64 bytes past what it returns.
  std::array<char, 128> buffer;
  return {buffer.data(), format::write_repr(buffer.data(), number)};
}

struct Representation {
  std::string operator()(std::nullptr_t) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const BigInteger& value) const { return value.digits; }
  std::string operator()(double value) const { return float_repr(value); }
  std::string operator()(const std::string& value) const { return python_repr(value); }
  std::string operator()(const List& value) const {
    std::string text = "[";
    for (const Value& item : value) {
      if (text.size() > 1) text += ", ";
      text += python_repr(item);
    }
    return text + "]";
  }
  std::string operator()(const Object& value) const {
    std::string text = "{";
    for (const auto& [key, member] : value) {
      if (text.size() > 1) text += ", ";
      text += python_repr(key) + ": " + python_repr(member);
    }
    return text + "}";
  }
};

constexpr std::array<std::string_view, 8> python_types = {"NoneType", "bool", "int",  "int",
                                                          "float",    "str",  "list", "dict"};
constexpr std::array<std::string_view, 8> json_types = {
    "null", "a boolean", "an integer", "an integer", "a number", "a string", "a list", "an object"};

}  // namespace

std::string python_repr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string quoted(1, quote);
  while (!text.empty()) {
    const format::Utf8Unit unit = format::decode_utf8(text.data(), text.data() + text.size());
    // A byte that is no text (of a file's name, say) is shown as the number it is.
    const std::uint32_t code_point =
        unit.valid ? unit.code_point : static_cast<unsigned char>(text.front());
    const bool shown = unit.valid && format::is_printable(code_point);
    const std::string_view bytes = text.substr(0, unit.valid ? unit.length : 1);
    text.remove_prefix(bytes.size());
    if (bytes[0] == quote || bytes[0] == '\\') {
      (quoted += '\\') += bytes[0];
    } else if (shown) {
      quoted += bytes;
    } else if (code_point == '\n') {
      quoted += "\\n";
    } else if (code_point == '\r') {
      quoted += "\\r";
    } else if (code_point == '\t') {
      quoted += "\\t";
    } else {
      quoted += code_point < 0x100     ? fmt::format("\\x{:02x}", code_point)
                : code_point < 0x10000 ? fmt::format("\\u{:04x}", code_point)
                                       : fmt::format("\\U{:08x}", code_point);
    }
  }
  return quoted += quote;
}

std::string python_repr(const Value& value) {
  return std::visit(Representation{}, value.data());
}

std::string python_str(const Value& value) {
  const std::string* text = value.get_if<std::string>();
  return text != nullptr ? *text : python_repr(value);
}

std::string_view python_type(const Value& value) noexcept {
  return python_types[value.data().index()];
}

std::string_view json_type_name(const Value& value) noexcept {
  return json_types[value.data().index()];
}

bool is_identifier(std::string_view key) noexcept {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !key.empty() && is_letter(key.front()) && std::all_of(key.begin(), key.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

}  // namespace xylem::config
