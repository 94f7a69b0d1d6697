#include "config/dict_config.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "config/document.hpp"
#include "config/engine_settings.hpp"
#include "config/filters.hpp"
#include "config/formatters.hpp"
#include "config/handlers.hpp"
#include "config/incremental.hpp"
#include "config/level_names.hpp"
#include "config/loggers.hpp"
#include "config/python_text.hpp"
#include "config/queue_handler.hpp"
#include "config/reader.hpp"
#include "config/registry.hpp"
#include "config/yaml.hpp"

namespace xylem::config {
namespace {

/// Python's `value == 1`, which holds for 1.0 and true as well.
bool equals_one(const Value& value) {
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer == 1;
  if (const auto* number = value.get_if<double>()) return *number == 1.0;
  const auto* flag = value.get_if<bool>();
  return flag != nullptr && *flag;
}

void check_version(const Cursor& document) {
  const std::optional<Cursor> version = document.find("version");
  if (!version) document.fail("dictionary doesn't specify a version");
  if (!equals_one(version->value())) {
    version->fail("Unsupported version: " + python_str(version->value()));
  }
}

template <typename PartPlan>
std::vector<PartPlan> read_section(const Cursor& document, std::string_view key, Part part,
                                   const char* kind,
                                   PartPlan (*read)(const std::string&, const Cursor&)) {
  std::vector<PartPlan> parts;
  const std::optional<Cursor> section = document.find(key);
  if (!section) return parts;
  for (const auto& [name, config] : section->section(kind)) {
    parts.push_back(in_context("Unable to configure " + std::string(kind) + ' ' + python_repr(name),
                               [&, &name = name, &config = config] {
                                 return read_part(
                                     part, config.converted(External::refused),
                                     [&](const Cursor& plain) { return read(name, plain); });
                               }));
  }
  return parts;
}

/// In CPython's order of construction, so that of several faults the same is reported.
Plan read_plan(const Cursor& document) {
  check_version(document);
  Plan plan;
  if (read_flag(document, "incremental", false)) {
    read_incremental(document, plan);
    return plan;
  }
  // The rest of the document may use them.
  plan.engine.level_names = read_level_names(document);
  const record::WithLevelNames named{plan.engine.level_names};
  plan.disable_existing_loggers = read_flag(document, "disable_existing_loggers", true);
  plan.formatters =
      read_section(document, "formatters", Part::formatter, "formatter", read_formatter);
  plan.filters = read_section(document, "filters", Part::filter, "filter", read_filter);
  if (const std::optional<Cursor> handlers = document.find("handlers")) {
    plan.handlers = read_handlers(*handlers, plan.formatters, plan.filters);
  }
  read_loggers(document, plan);
  bound_rings(plan.handlers, plan.engine);
  plan.engine = read_engine(document, plan.engine);
  return plan;
}

}  // namespace

Plan parse(std::string_view text, std::string source_name) {
  const Value document = parse_source(text, source_name);
  try {
    Plan plan = read_plan(Cursor(document, {}));
    plan.source = std::move(source_name);
    plan.hash = crash::hash_of(text);
    return plan;
  } catch (const ConfigError& error) {
    throw ConfigError(error.message(), error.path(), source_name);
  }
}

Plan parse_file(const std::string& file) {
  return parse(read_file(file), file);
}

}  // namespace xylem::config
