#include "config/python_json_logger.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "config/defaults.hpp"
#include "config/python_text.hpp"
#include "config/styles.hpp"

namespace xylem::config {
namespace {

using Pairs = format::PythonJsonLayout::Pairs;

std::string text_at(const Cursor& at) {
  const auto* const text = at.value().get_if<std::string>();
  if (text == nullptr) at.fail("Expected a string, got " + std::string(json_type_name(at.value())));
  return *text;
}

std::string read_text(const Cursor& config, std::string_view key) {
  const std::optional<Cursor> text = config.find(key);
  return text && text->value().truthy() ? text_at(*text) : std::string();
}

/// None when there is no such member, or null.
std::optional<Cursor> find_given(const Cursor& config, std::string_view key) {
  std::optional<Cursor> found = config.find(key);
  if (found && found->value().is_null()) found.reset();
  return found;
}

std::vector<std::string> read_names(const Cursor& names) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < names.value().get_if<List>()->size(); ++i) {
    texts.push_back(text_at(names.item(i)));
  }
  return texts;
}

/// Every name between `open` and the first `close` that follows at least one character.
std::vector<std::string> names_between(std::string_view format, std::string_view open, char close) {
  std::vector<std::string> names;
  for (std::size_t at = format.find(open); at != std::string_view::npos;
       at = format.find(open, at)) {
    at += open.size();
    const std::size_t end = format.find(close, at + 1);
    if (end == std::string_view::npos) break;
    const std::string_view name = format.substr(at, end - at);
    if (name.find('\n') != std::string_view::npos) continue;
    names.emplace_back(name);
    at = end + 1;
  }
  return names;
}

/// `$name`, `${name}`, and `$$` for a dollar sign.
std::vector<std::string> dollar_names(std::string_view format) {
  std::vector<std::string> names;
  for (std::size_t at = format.find('$'); at != std::string_view::npos; at = format.find('$', at)) {
    const std::string_view rest = format.substr(++at);
    if (rest.starts_with('$')) {
      ++at;
    } else if (rest.starts_with('{')) {
      const std::size_t end = rest.find('}', 2);
      if (end != std::string_view::npos) names.emplace_back(rest.substr(1, end - 1));
    } else {
      std::size_t length = 0;
      const auto continues = [&](char c) {
        return is_identifier({&c, 1}) || (length > 0 && c >= '0' && c <= '9');
      };
      while (length < rest.size() && continues(rest[length])) ++length;
      if (length > 0) names.emplace_back(rest.substr(0, length));
    }
  }
  return names;
}

std::vector<std::string> comma_names(std::string_view format) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= format.size();) {
    const std::size_t end = std::min(format.find(',', at), format.size());
    const std::string_view name = format.substr(at, end - at);
    const std::size_t first = name.find_first_not_of(blanks);
    if (first != std::string_view::npos) {
      names.emplace_back(name.substr(first, name.find_last_not_of(blanks) - first + 1));
    }
    at = end + 1;
  }
  return names;
}

/// What the line is to hold: the format is only looked through for names.
std::vector<std::string> read_required(const Cursor& config, std::string_view format_key) {
  const std::optional<Cursor> given = find_given(config, format_key);
  if (given && given->value().get_if<List>()) return read_names(*given);
  const std::optional<Cursor> style = config.find("style");
  const std::string sign = style ? python_str(style->value()) : "%";
  const bool is_known =
      sign.size() == 1 && std::string_view("%{$,").find(sign) != std::string::npos;
  if (!is_known) style->fail("Style must be one of: '%{$,'");
  const std::string format = given && given->value().truthy() ? text_at(*given) : std::string();
  if (sign == ",") return comma_names(format);
  if (format.empty()) return {"message"};
  const auto fault = style_fault(*find_style(sign), format);
  if (fault && read_flag(config, "validate", true)) given->fail(*fault);
  if (sign == "{") return names_between(format, "{", '}');
  if (sign == "$") return dollar_names(format);
  return names_between(format, "%(", ')');
}

/// @param are_converted whether the class fetches the values one by one
Pairs read_values(const Cursor& config, std::string_view key, bool are_converted) {
  Pairs pairs;
  const std::optional<Cursor> values = find_given(config, key);
  if (!values) return pairs;
  for (const auto& entry : values->object()) {
    const Value& raw = entry.second;
    pairs.emplace_back(entry.first,
                       json_text(are_converted ? values->find(entry.first)->value() : raw));
  }
  return pairs;
}

Pairs read_new_names(const Cursor& config) {
  Pairs pairs;
  const std::optional<Cursor> names = find_given(config, "rename_fields");
  if (!names) return pairs;
  for (const auto& entry : names->object()) {
    pairs.emplace_back(entry.first, text_at(*names->find(entry.first)));
  }
  return pairs;
}

void refuse_what_needs_python(const Cursor& config) {
  for (const std::string_view key : {"json_default", "json_encoder", "json_serializer"}) {
    const std::optional<Cursor> hook = config.find(key, External::allowed);
    if (!hook || hook->value().is_null()) continue;
    if (key == "json_serializer" && external_name(hook->value()) == "json.dumps") continue;
    hook->fail(std::string(key) + " is not available");
  }
  for (const std::string_view key : {"exc_info_as_array", "stack_info_as_array"}) {
    if (read_flag(config, key, false)) fail_at(config, key, std::string(key) + " is not available");
  }
  if (find_given(config, "json_indent")) {
    fail_at(config, "json_indent", "json_indent is not available: each record is one line");
  }
}

void read_keywords(const Cursor& config, PythonJsonFormatterPlan& plan) {
  refuse_what_needs_python(config);
  plan.prefix = read_text(config, "prefix");
  plan.ensure_ascii = read_flag(config, "json_ensure_ascii", true);
  plan.layout.rename_fields = read_new_names(config);
  plan.layout.keeps_missing = read_flag(config, "rename_fields_keep_missing", false);
  plan.layout.static_fields = read_values(config, "static_fields", true);
  if (const std::optional<Cursor> reserved = find_given(config, "reserved_attrs")) {
    if (reserved->value().get_if<List>() == nullptr) reserved->fail("Expected a list of strings");
    plan.layout.reserved = read_names(*reserved);
  }
  const std::optional<Cursor> timestamp = config.find("timestamp");
  if (timestamp && timestamp->value().truthy()) {
    const auto* const key = timestamp->value().get_if<std::string>();
    plan.layout.timestamp = key != nullptr ? *key : "timestamp";
  }
}

}  // namespace

PythonJsonFormatterPlan read_python_json(const Cursor& config, std::string_view format_key,
                                         bool by_class) {
  PythonJsonFormatterPlan plan;
  plan.layout.required = read_required(config, format_key);
  plan.layout.reserved = format::python_json_reserved();
  plan.datefmt = read_text(config, "datefmt");
  if (plan.datefmt.find('\0') != std::string::npos) {
    fail_at(config, "datefmt", "embedded null character");
  }
  plan.layout.defaults = read_values(config, "defaults", false);
  if (!by_class) read_keywords(config, plan);
  return plan;
}

}  // namespace xylem::config
