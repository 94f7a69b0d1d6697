#include "config/loggers.hpp"

#include <string>
#include <utility>

#include "config/filters.hpp"
#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "config/references.hpp"

namespace xylem::config {
namespace {

/// Lays a configuration over what `logger` has, in CPython's order.
void apply(const Cursor& config, const Plan& plan, LoggerPlan& logger) {
  config.object();
  logger.path = config.path();
  if (const std::optional<int> level = read_level(config)) logger.level = level;
  logger.handlers.clear();
  add_references(config, "handlers", "Unable to add handler ", plan.handlers, logger.handlers);
  add_filters(config, plan.filters, logger.filters);
}

void apply_to_root(const Cursor& config, Plan& plan) {
  LoggerPlan root = plan.root.value_or(LoggerPlan{});
  apply(config, plan, root);
  plan.root = std::move(root);
}

void read_logger(const std::string& name, const Cursor& config, Plan& plan) {
  if (name.empty() || name == "root") return apply_to_root(config, plan);
  LoggerPlan logger;
  logger.name = name;
  apply(config, plan, logger);
  const std::optional<Cursor> propagate = config.find("propagate");
  if (propagate && !propagate->value().is_null()) logger.propagate = propagate->value().truthy();
  plan.loggers.push_back(std::move(logger));
}

}  // namespace

void read_loggers(const Cursor& document, Plan& plan) {
  if (const std::optional<Cursor> section = document.find("loggers")) {
    for (const auto& [name, config] : section->section("logger")) {
      in_context("Unable to configure logger " + python_repr(name),
                 [&, &name = name, &config = config] {
                   read_logger(name, config.converted(External::refused), plan);
                 });
    }
  }
  const std::optional<Cursor> root = document.find("root");
  if (root && root->value().truthy()) {
    in_context("Unable to configure root logger", [&] { apply_to_root(*root, plan); });
  }
}

}  // namespace xylem::config
