#include "config/formatters.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "config/defaults.hpp"
#include "config/line_formatters.hpp"
#include "config/python_json_logger.hpp"
#include "config/python_text.hpp"
#include "config/registry.hpp"
#include "config/signature.hpp"
#include "config/styles.hpp"
#include "format/pattern.hpp"

namespace xylem::config {
namespace {

using FormatterKind = decltype(FormatterPlan::kind);

/// How a class is called: CPython gives format, datefmt and style to a "class", and every key as a
/// keyword argument to a "()".
enum class Call { by_class, by_factory };

struct FormatterClass {
  std::string_view name;
  Signature signature;
  FormatterKind (*read)(const Cursor& config, Call call);
};

std::string read_format(const Cursor& config, std::string_view key, format::PatternStyle style) {
  const std::optional<Cursor> format = config.find(key);
  if (!format || !format->value().truthy()) return std::string(format::default_pattern(style));
  const auto* text = format->value().get_if<std::string>();
  if (text == nullptr) {
    const std::string type{python_type(format->value())};
    format->fail(style == format::PatternStyle::brace
                     ? "expected str, got " + type
                     : "expected string or bytes-like object, got '" + type + "'");
  }
  return *text;
}

std::string read_datefmt(const Cursor& config) {
  const std::optional<Cursor> datefmt = config.find("datefmt");
  if (!datefmt || !datefmt->value().truthy()) return {};
  const auto* text = datefmt->value().get_if<std::string>();
  // CPython finds out at the first record only.
  if (text == nullptr) {
    datefmt->fail("strftime() argument 1 must be str, not " +
                  std::string(python_type(datefmt->value())));
  }
  return *text;
}

format::PatternStyle read_style(const Cursor& config) {
  const std::optional<Cursor> style = config.find("style");
  if (!style) return format::PatternStyle::percent;
  const std::string_view type = python_type(style->value());
  if (type == "list" || type == "dict") style->fail("unhashable type: '" + std::string(type) + "'");
  const auto* text = style->value().get_if<std::string>();
  const auto found = text == nullptr ? std::nullopt : find_style(*text);
  if (!found) style->fail("Style must be one of: %,{,$");
  return *found;
}

/// What the classes look at.
constexpr std::array<std::string_view, 12> used_attributes = {"_fmt",
                                                              "_style",
                                                              "converter",
                                                              "datefmt",
                                                              "default_msec_format",
                                                              "default_time_format",
                                                              "fmt_keys",
                                                              "format",
                                                              "formatException",
                                                              "formatMessage",
                                                              "formatStack",
                                                              "formatTime"};

/// The attributes of a Formatter that a "." may set. CPython lets it set any: those that nothing
/// looks at are passed over.
void read_attributes(const Cursor& config, PatternFormatterPlan& plan) {
  const std::optional<Cursor> attributes = config.find_raw(".");
  if (!attributes || !attributes->value().truthy()) return;
  for (const auto& [name, value] : attributes->object()) {
    const auto* const text = value.get_if<std::string>();
    const bool is_none = !value.truthy();
    if (name == "datefmt" && (text != nullptr || is_none)) {
      plan.datefmt = is_none ? std::string{} : *text;
    } else if (name == "default_time_format" && text != nullptr) {
      plan.default_time_format = *text;
    } else if (name == "default_msec_format" && (text != nullptr || is_none)) {
      plan.default_msec_format = is_none ? std::string{} : *text;
    } else if (std::find(used_attributes.begin(), used_attributes.end(), name) !=
               used_attributes.end()) {
      fail_at(*attributes, name, "Cannot set attribute " + python_repr(name));
    }
  }
}

/// CPython calls again with fmt= when a factory does not know format=, which then wins over fmt.
std::string_view format_key_of(const Cursor& config, Call call) {
  return call == Call::by_factory && !config.contains("format") ? "fmt" : "format";
}

FormatterKind read_pattern(const Cursor& config, Call call) {
  const std::string_view format_key = format_key_of(config, call);
  PatternFormatterPlan plan;
  plan.style = read_style(config);
  plan.format = read_format(config, format_key, plan.style);
  if (read_flag(config, "validate", true)) {
    if (const auto fault = style_fault(plan.style, plan.format)) {
      fail_at(config, format_key, *fault);
    }
  }
  plan.datefmt = read_datefmt(config);
  if (call == Call::by_factory) read_attributes(config, plan);
  for (const std::string& layout : {plan.datefmt, plan.default_time_format}) {
    if (layout.find('\0') != std::string::npos) {
      fail_at(config, "datefmt", "embedded null character");
    }
  }
  const std::optional<Cursor> defaults = config.find("defaults");
  if (defaults && defaults->value().truthy()) plan.defaults = defaults->object();
  return plan;
}

FormatterKind read_utc_pattern(const Cursor& config, Call call) {
  FormatterKind kind = read_pattern(config, call);
  std::get<PatternFormatterPlan>(kind).is_utc = true;
  return kind;
}

/// Positional arguments never fit: these constructors take keywords only.
void refuse_positional(const Cursor& config, std::string_view owner, Call call) {
  if (call == Call::by_factory) return;
  fail_at(config, "class",
          std::string(owner) + ".__init__() takes 1 positional argument but " +
              (config.contains("validate") ? "5" : "4") + " were given");
}

FormatterKind read_guideline_json(const Cursor& config, Call call) {
  refuse_positional(config, "MyJSONFormatter", call);
  JsonFormatterPlan plan;
  plan.fmt_keys = read_fmt_keys(config);
  return plan;
}

/// Anything but blanks around the sign would make lines that are not JSON, or not one line.
std::string read_separator(const Cursor& separators, std::size_t index, char sign) {
  const Value& value = (*separators.value().get_if<List>())[index];
  const auto* text = value.get_if<std::string>();
  const bool is_valid = text != nullptr && text->find_first_not_of(" \t") == text->find(sign) &&
                        text->find(sign) != std::string::npos &&
                        text->find_first_not_of(" \t", text->find(sign) + 1) == std::string::npos;
  if (!is_valid) {
    throw ConfigError("Invalid separator " + python_repr(value) + ": expected '" + sign +
                          "' with or without blanks",
                      separators.path() + "[" + std::to_string(index) + "]");
  }
  return *text;
}

std::optional<format::PresetLayout> read_preset(const Cursor& config) {
  const std::optional<Cursor> preset = config.find("preset");
  const std::optional<Cursor> fixed = config.find("static_fields");
  if (!preset || preset->value().is_null()) {
    if (fixed) fixed->fail("static_fields needs a preset");
    return std::nullopt;
  }
  const auto* const name = preset->value().get_if<std::string>();
  const auto found = name == nullptr ? std::nullopt : format::find_preset(*name);
  if (!found) {
    preset->fail("Unknown preset: " + python_repr(preset->value()) +
                 " (expected 'ecs', 'otel' or 'gcp')");
  }
  if (const auto keys = config.find("fmt_keys")) keys->fail("A preset has keys of its own");
  format::PresetLayout layout{*found};
  if (fixed) {
    for (const auto& [key, value] : fixed->object()) {
      layout.static_fields.emplace_back(key, json_text(value));
    }
  }
  return layout;
}

FormatterKind read_xylem_json(const Cursor& config, Call call) {
  refuse_positional(config, "JsonFormatter", call);
  JsonFormatterPlan plan;
  plan.preset = read_preset(config);
  plan.fmt_keys = read_fmt_keys(config);
  plan.ensure_ascii = read_flag(config, "ensure_ascii", false);
  plan.item_separator = ",";
  plan.key_separator = ":";
  const std::optional<Cursor> separators = config.find("separators");
  if (separators && !separators->value().is_null()) {
    const List* list = separators->value().get_if<List>();
    if (list == nullptr || list->size() != 2) separators->fail("Expected a list of two strings");
    plan.item_separator = read_separator(*separators, 0, ',');
    plan.key_separator = read_separator(*separators, 1, ':');
  }
  return plan;
}

FormatterKind read_console_lines(const Cursor& config, Call call) {
  refuse_positional(config, "ConsoleFormatter", call);
  return read_console(config);
}

FormatterKind read_logfmt_lines(const Cursor& config, Call call) {
  refuse_positional(config, "LogfmtFormatter", call);
  return read_logfmt(config);
}

FormatterKind read_python_json_logger(const Cursor& config, Call call) {
  return read_python_json(config, format_key_of(config, call), call == Call::by_class);
}

constexpr std::array<std::string_view, 5> pattern_arguments = {"fmt", "datefmt", "style",
                                                               "validate", "defaults"};
constexpr std::array<std::string_view, 1> guideline_arguments = {"fmt_keys"};
constexpr std::array<std::string_view, 5> xylem_arguments = {
    "fmt_keys", "ensure_ascii", "separators", "preset", "static_fields"};

constexpr std::array<FormatterClass, 8> formatter_classes = {{
    {"logging.Formatter", {"Formatter", pattern_arguments}, read_pattern},
    {"xylem.UtcFormatter", {"Formatter", pattern_arguments}, read_utc_pattern},
    {"mylogger.MyJSONFormatter", {"MyJSONFormatter", guideline_arguments}, read_guideline_json},
    {"xylem.JsonFormatter", {"JsonFormatter", xylem_arguments}, read_xylem_json},
    {"xylem.ConsoleFormatter", {"ConsoleFormatter", console_arguments}, read_console_lines},
    {"xylem.LogfmtFormatter", {"LogfmtFormatter", logfmt_arguments}, read_logfmt_lines},
    {"pythonjsonlogger.json.JsonFormatter",
     {"BaseJsonFormatter", python_json_arguments},
     read_python_json_logger},
    // Its name before version 3 of the package, which goes on.
    {"pythonjsonlogger.jsonlogger.JsonFormatter",
     {"BaseJsonFormatter", python_json_arguments},
     read_python_json_logger},
}};

FormatterKind call_factory(const Cursor& config, const FormatterClass& chosen) {
  static constexpr std::array<std::string_view, 2> taken = {"()", "."};
  static constexpr std::array<std::string_view, 1> retried = {"format"};
  const bool is_pattern = chosen.signature.owner == "Formatter";
  const bool is_retried = is_pattern || chosen.read == read_python_json_logger;
  check_arguments(config, chosen.signature, taken,
                  std::span(retried).first(is_retried ? retried.size() : 0));
  FormatterKind kind = chosen.read(config, Call::by_factory);
  if (!is_pattern) refuse_attributes(config, used_attributes);
  return kind;
}

}  // namespace

bool is_formatter_class(std::string_view name) {
  return has_class(std::span<const FormatterClass>(formatter_classes), name);
}

FormatterPlan read_formatter(const std::string& name, const Cursor& config) {
  config.object();
  const std::span<const FormatterClass> classes(formatter_classes);
  const FormatterClass* chosen = &formatter_classes.front();
  const bool is_factory = config.contains("()");
  const auto key = is_factory ? "()" : "class";
  const auto given = config.find(key, External::allowed);
  if (given && (is_factory || given->value().truthy())) {
    if (auto own = read_own(config, key, own_formatter)) {
      refuse_attributes(config, used_attributes);
      return {name, class_name_of(config, key), std::move(*own), config.path()};
    }
  }
  if (is_factory) {
    chosen = &resolve_class(config, "()", classes);
  } else if (const auto named = config.find("class", External::allowed);
             named && named->value().truthy()) {
    chosen = &resolve_class(config, "class", classes);
    if (external_name(named->value())) {
      // CPython resolves once more what it has resolved already.
      named->fail("type object '" + std::string(chosen->name.substr(chosen->name.rfind('.') + 1)) +
                  "' has no attribute 'split'");
    }
  }
  return {name, std::string(chosen->name),
          is_factory ? call_factory(config, *chosen) : chosen->read(config, Call::by_class),
          config.path()};
}

}  // namespace xylem::config
