#include "config/defaults.hpp"

#include <array>
#include <cstdint>
#include <variant>

#include "format/floating.hpp"
#include "format/program.hpp"

namespace xylem::config {
namespace {

std::string quoted(const std::string& text) {
  return '"' + format::styled(text, format::TextStyle::ascii) + '"';
}

struct JsonText {
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const BigInteger& value) const { return value.digits; }
  std::string operator()(double value) const {
    std::array<char, format::max_floating_bytes + 64> text;
    return {text.data(), format::write_repr(text.data(), value)};
  }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const List& value) const {
    std::string text;
    for (const Value& item : value) text += (text.empty() ? "" : ", ") + json_text(item);
    return "[" + text + "]";
  }
  std::string operator()(const Object& value) const {
    std::string text;
    for (const auto& [key, member] : value) {
      text += (text.empty() ? "" : ", ") + quoted(key) + ": " + json_text(member);
    }
    return "{" + text + "}";
  }
};

}  // namespace

std::string json_text(const Value& value) {
  return std::visit(JsonText{}, value.data());
}

format::TextFormatter::Default to_default(const std::string& name, const Value& value) {
  using Shown = record::Value;
  if (const auto* const number = value.get_if<std::int64_t>()) return {name, Shown::of(*number)};
  if (const auto* const number = value.get_if<double>()) return {name, Shown::of(*number)};
  if (const auto* const flag = value.get_if<bool>()) return {name, Shown::of(*flag)};
  if (value.is_null()) return {name, Shown::none()};
  if (const auto* const text = value.get_if<std::string>()) {
    return {name, Shown::of(std::string_view{}), *text};
  }
  return {name, Shown::of_json({}), json_text(value)};
}

}  // namespace xylem::config
