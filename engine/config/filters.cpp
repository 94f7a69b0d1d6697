#include "config/filters.hpp"

#include <array>
#include <span>
#include <string_view>
#include <variant>

#include <xylem/level.hpp>

#include "config/engine_filters.hpp"
#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "config/references.hpp"
#include "config/registry.hpp"
#include "config/signature.hpp"

namespace xylem::config {
namespace {

using FilterKind = decltype(FilterPlan::kind);

struct FilterClass {
  std::string_view name;
  /// Whose constructor takes the arguments.
  std::string_view owner;
  std::span<const std::string_view> arguments;
  FilterKind (*read)(const Cursor& config);
};

NameFilterPlan read_name(const Cursor& config) {
  const std::optional<Cursor> name = config.find("name");
  if (!name) return {};
  const auto* prefix = name->value().get_if<std::string>();
  if (prefix == nullptr) {
    const bool has_length = name->value().get_if<List>() || name->value().get_if<Object>();
    // Of no length, like "": any logger passes.
    if (has_length && !name->value().truthy()) return {};
    // CPython finds out at the first record, which it then raises from the call.
    if (has_length)
      name->fail("find() argument 1 must be str, not " + std::string(python_type(name->value())));
    name->fail("object of type '" + std::string(python_type(name->value())) + "' has no len()");
  }
  return {*prefix};
}

FilterKind read_name_filter(const Cursor& config) {
  return read_name(config);
}

/// Its constructor is logging.Filter's, whose name it takes and does not use.
FilterKind read_non_error_filter(const Cursor& config) {
  read_name(config);
  return LevelFilterPlan{.max_level = static_cast<int>(Level::info)};
}

FilterKind read_level_filter(const Cursor& config) {
  const auto bound = [&config](std::string_view key, int fallback) {
    const std::optional<Cursor> member = config.find(key);
    return member && !member->value().is_null() ? level_of(*member) : fallback;
  };
  const LevelFilterPlan everything;
  const LevelFilterPlan plan{bound("min", everything.min_level),
                             bound("max", everything.max_level)};
  if (plan.min_level > plan.max_level) {
    fail_at(config, "min", "min must not be above max: no record would pass");
  }
  return plan;
}

constexpr std::array<std::string_view, 1> name_argument = {"name"};
constexpr std::array<std::string_view, 2> range_arguments = {"min", "max"};
/// What logging.Filter looks at.
constexpr std::array<std::string_view, 3> attributes = {"name", "nlen", "filter"};

constexpr std::array<FilterClass, 3> filter_classes = {{
    {"logging.Filter", "Filter", name_argument, read_name_filter},
    {"mylogger.NonErrorFilter", "Filter", name_argument, read_non_error_filter},
    {level_filter_class, "LevelFilter", range_arguments, read_level_filter},
}};

}  // namespace

FilterPlan read_filter(const std::string& name, const Cursor& config) {
  config.object();
  // Without "()" CPython makes a logging.Filter, whatever "class" and other keys may say.
  const FilterClass* chosen = &filter_classes.front();
  if (config.contains("()")) {
    if (auto own = read_own(config, "()", own_filter)) {
      refuse_attributes(config, attributes);
      return {name, class_name_of(config, "()"), std::move(*own), config.path()};
    }
    if (auto engines = read_engine_filter(name, class_name_of(config, "()"), config)) {
      refuse_attributes(config, attributes);
      return {name, class_name_of(config, "()"), std::move(*engines), config.path()};
    }
    static constexpr std::array<std::string_view, 2> taken = {"()", "."};
    chosen = &resolve_class(config, "()", std::span<const FilterClass>(filter_classes));
    check_arguments(config, {chosen->owner, chosen->arguments}, taken);
  }
  FilterPlan plan{name, std::string(chosen->name), chosen->read(config), config.path()};
  if (config.contains("()")) refuse_attributes(config, attributes);
  return plan;
}

bool is_filter_class(std::string_view name) {
  return has_class(std::span<const FilterClass>(filter_classes), name) ||
         is_engine_filter_class(name);
}

void add_filters(const Cursor& owner, const std::vector<FilterPlan>& filters,
                 std::vector<std::size_t>& chosen) {
  add_references(owner, "filters", "Unable to add filter ", filters, chosen);
}

}  // namespace xylem::config
