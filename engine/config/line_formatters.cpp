#include "config/line_formatters.hpp"

#include <algorithm>
#include <optional>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

constexpr std::array<std::string_view, 3> colour_words = {"auto", "always", "never"};
constexpr std::int64_t max_name_width = 200;

const std::string& text_at(const Cursor& at) {
  const auto* const text = at.value().get_if<std::string>();
  if (text == nullptr) at.fail("Expected a string, got " + std::string(json_type_name(at.value())));
  return *text;
}

/// None when there is no such member, or null.
std::optional<Cursor> find_given(const Cursor& config, std::string_view key) {
  std::optional<Cursor> found = config.find(key);
  if (found && found->value().is_null()) found.reset();
  return found;
}

}  // namespace

ConsoleFormatterPlan read_console(const Cursor& config) {
  ConsoleFormatterPlan plan;
  if (const auto datefmt = find_given(config, "datefmt")) plan.datefmt = text_at(*datefmt);
  if (plan.datefmt.find('\0') != std::string::npos) {
    fail_at(config, "datefmt", "embedded null character");
  }
  if (const auto colours = find_given(config, "colors")) {
    const std::string& word = text_at(*colours);
    const auto* const found = std::find(colour_words.begin(), colour_words.end(), word);
    if (found == colour_words.end()) {
      colours->fail("Unknown colors: " + python_repr(word) +
                    " (expected 'auto', 'always' or 'never')");
    }
    plan.colour = static_cast<ConsoleFormatterPlan::Colour>(found - colour_words.begin());
  }
  if (const auto width = find_given(config, "name_width")) {
    const auto* const number = width->value().get_if<std::int64_t>();
    if (number == nullptr || *number < 0 || *number > max_name_width) {
      width->fail("Expected a number from 0 to " + std::to_string(max_name_width));
    }
    plan.name_width = static_cast<std::size_t>(*number);
  }
  return plan;
}

LogfmtFormatterPlan read_logfmt(const Cursor& config) {
  if (!find_given(config, "fmt_keys")) return {};
  return {read_fmt_keys(config)};
}

std::vector<std::pair<std::string, std::string>> read_fmt_keys(const Cursor& config) {
  std::vector<std::pair<std::string, std::string>> keys;
  const std::optional<Cursor> fmt_keys = find_given(config, "fmt_keys");
  if (!fmt_keys) return keys;
  for (const auto& [key, attribute] : fmt_keys->object()) {
    const auto* name = attribute.get_if<std::string>();
    if (name == nullptr) {
      fail_at(*fmt_keys, key,
              "attribute name must be string, not '" + std::string(python_type(attribute)) + "'");
    }
    keys.emplace_back(key, *name);
  }
  return keys;
}

}  // namespace xylem::config
