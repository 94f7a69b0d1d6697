#include "config/handlers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "config/file_attributes.hpp"
#include "config/filters.hpp"
#include "config/handler_classes.hpp"
#include "config/levels.hpp"
#include "config/memory_handler.hpp"
#include "config/references.hpp"
#include "config/registry.hpp"
#include "config/signature.hpp"
#include "config/syslog_handler.hpp"

namespace xylem::config {
namespace {

struct Parts {
  const std::vector<FormatterPlan>& formatters;
  const std::vector<FilterPlan>& filters;
};

std::optional<std::size_t> read_formatter_reference(const Cursor& config, const Parts& parts) {
  const std::optional<Cursor> name = config.find("formatter");
  if (!name || !name->value().truthy()) return std::nullopt;
  const std::optional<std::size_t> index = find_named(parts.formatters, name->value());
  if (!index) name->fail("Unable to set formatter " + python_repr(name->value()));
  return index;
}

/// Attributes of one class alone.
bool set_own_attribute(HandlerKind& kind, const std::string& name, const Cursor& value) {
  const auto set = [&](auto& plan) {
    if constexpr (requires { set_attribute(plan, name, value); }) {
      return set_attribute(plan, name, value);
    }
    return false;
  };
  return std::visit(set, kind);
}

/// What CPython's handlers look at beside what can be set here. Other attributes are set to no
/// effect.
constexpr std::array<std::string_view, 32> used_attributes = {
    "acquire",     "atTime",     "baseFilename", "buffer",         "capacity",  "createLock",
    "delay",       "emit",       "encoding",     "errors",         "filter",    "filters",
    "flush",       "flushLevel", "flushOnClose", "format",         "formatter", "handle",
    "handleError", "listener",   "lock",         "mode",           "namer",     "queue",
    "release",     "rolloverAt", "rotator",      "shouldRollover", "stream",    "suffix",
    "target",      "when"};

bool set_terminator(HandlerKind& kind, const std::string& name, const Cursor& value) {
  const auto terminator_of = [](auto& plan) -> std::string* {
    if constexpr (requires { plan.terminator; }) return &plan.terminator;
    if constexpr (requires { plan.file.terminator; }) return &plan.file.terminator;
    return nullptr;
  };
  std::string* terminator = name == "terminator" ? std::visit(terminator_of, kind) : nullptr;
  if (terminator == nullptr) return false;
  const auto* text = value.value().get_if<std::string>();
  if (text == nullptr) {
    value.fail("terminator must be a string, got " + std::string(json_type_name(value.value())));
  }
  *terminator = *text;
  return true;
}

void set_attribute(HandlerPlan& plan, const std::string& name, const Cursor& value) {
  if (set_own_attribute(plan.kind, name, value)) return;
  if (set_terminator(plan.kind, name, value)) return;
  if (name == "level") {
    plan.level = clamped_level(integer_attribute(name, value));
  } else if (std::find(used_attributes.begin(), used_attributes.end(), name) !=
             used_attributes.end()) {
    value.fail("Cannot set attribute " + python_repr(name));
  }
}

/// Values are not converted, as in CPython: neither references nor names of levels.
void set_attributes(HandlerPlan& plan, const Cursor& config) {
  const std::optional<Cursor> attributes = config.find_raw(".");
  if (!attributes || !attributes->value().truthy()) return;
  for (const auto& entry : attributes->object()) {
    set_attribute(plan, entry.first, *attributes->find_raw(entry.first));
  }
}

/// The class, its arguments, and what the plan of its kind is.
void read_class(const Cursor& config, const HandlerScope& scope, HandlerPlan& plan) {
  static constexpr std::array<std::string_view, 5> by_factory = {"formatter", "level", "filters",
                                                                 "()", "."};
  static constexpr std::array<std::string_view, 5> by_class = {"formatter", "level", "filters",
                                                               "class", "."};
  const bool is_factory = config.contains("()");
  const std::string_view key = is_factory ? "()" : "class";
  if (auto own = read_own(config, key, own_handler)) {
    plan.class_name = class_name_of(config, key);
    plan.kind = std::move(*own);
    return;
  }
  const HandlerClass& chosen = resolve_class(config, key, handler_classes());
  plan.class_name = chosen.name;
  Signature signature = chosen.signature;
  signature.is_handler = true;
  if (is_factory) {
    check_arguments(config, signature, by_factory);
    plan.kind = chosen.read(config, scope);
  } else if (chosen.resolves_first) {
    plan.kind = chosen.read(config, scope);
    check_arguments(config, signature, by_class, chosen.class_keys);
  } else {
    check_arguments(config, signature, by_class, chosen.class_keys);
    plan.kind = chosen.read(config, scope);
  }
}

/// In the order of CPython's configure_handler, so that of several faults the same is reported.
HandlerPlan read_handler(const std::string& name, const Cursor& config, const Parts& parts,
                         const HandlerScope& scope) {
  config.object();
  HandlerPlan plan;
  plan.name = name;
  plan.path = config.path();
  plan.formatter = read_formatter_reference(config, parts);
  read_class(config, scope, plan);
  plan.level = read_level(config).value_or(0);
  add_filters(config, parts.filters, plan.filters);
  set_attributes(plan, config);
  return plan;
}

std::string wrapper(const std::string& name) {
  return "Unable to configure handler " + python_repr(name);
}

}  // namespace

std::vector<HandlerPlan> read_handlers(const Cursor& section,
                                       const std::vector<FormatterPlan>& formatters,
                                       const std::vector<FilterPlan>& filters) {
  auto members = section.section("handler");
  // Bytes of UTF-8 sort as Python sorts code points.
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<HandlerPlan> built;
  const Parts parts{formatters, filters};
  const HandlerScope scope{section.value(), built};
  const auto read = [&](const std::string& name, const Cursor& config) {
    built.push_back(in_context(wrapper(name), [&] {
      return read_part(
          Part::handler, config.converted(External::refused),
          [&](const Cursor& plain) { return read_handler(name, plain, parts, scope); });
    }));
  };
  std::vector<std::pair<std::string, Cursor>> deferred;
  for (const auto& [name, config] : members) {
    try {
      read(name, config);
    } catch (const NotConfiguredYet&) {
      deferred.emplace_back(name, config);
    }
  }
  for (const auto& [name, config] : deferred) {
    try {
      read(name, config);
    } catch (const NotConfiguredYet& missing) {
      throw ConfigError(wrapper(name) + ": " + missing.message, missing.path);
    }
  }
  return built;
}

}  // namespace xylem::config
