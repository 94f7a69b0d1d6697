#include "config/incremental.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

std::string complaint(const char* kind, const std::string& name) {
  return "Unable to configure " + std::string(kind) + ' ' + python_repr(name);
}

HandlerLevelPlan read_handler(const std::string& name, const Cursor& config) {
  config.object();
  HandlerLevelPlan plan{name, std::nullopt, config.path()};
  const std::optional<Cursor> level = config.find("level");
  if (level && level->value().truthy()) plan.level = read_level(config);
  return plan;
}

/// A document may name the root three times; what is said last counts.
void read_root(const Cursor& config, Plan& plan) {
  config.object();
  LoggerPlan root = plan.root.value_or(LoggerPlan{});
  if (const std::optional<int> level = read_level(config)) root.level = level;
  root.path = config.path();
  plan.root = std::move(root);
}

void read_logger(const std::string& name, const Cursor& config, Plan& plan) {
  // Not the propagation: nothing is above the root.
  if (name.empty() || name == "root") return read_root(config, plan);
  config.object();
  LoggerPlan logger;
  logger.name = name;
  logger.path = config.path();
  logger.level = read_level(config);
  const std::optional<Cursor> propagate = config.find("propagate");
  if (propagate && !propagate->value().is_null()) logger.propagate = propagate->value().truthy();
  plan.loggers.push_back(std::move(logger));
}

void apply(const LoggerPlan& plan, route::LoggerNode& node) {
  if (plan.level) node.level = *plan.level;
  if (plan.propagate) node.propagate = *plan.propagate;
  node.disabled = false;
}

std::string changes_of(const LoggerPlan& logger) {
  std::string text;
  if (logger.level) text += "level " + record::level_name(*logger.level) + ", ";
  if (logger.propagate) text += *logger.propagate ? "propagates, " : "does not propagate, ";
  return text + "enabled";
}

}  // namespace

void read_incremental(const Cursor& document, Plan& plan) {
  plan.incremental = true;
  if (const std::optional<Cursor> section = document.find("handlers")) {
    for (const auto& [name, config] : section->section("handler")) {
      plan.handler_levels.push_back(
          in_context(complaint("handler", name), [&, &name = name, &config = config] {
            return read_handler(name, config.converted(External::refused));
          }));
    }
  }
  if (const std::optional<Cursor> section = document.find("loggers")) {
    for (const auto& [name, config] : section->section("logger")) {
      in_context(complaint("logger", name), [&, &name = name, &config = config] {
        read_logger(name, config.converted(External::refused), plan);
      });
    }
  }
  const std::optional<Cursor> root = document.find("root");
  if (root && root->value().truthy()) {
    in_context("Unable to configure root logger", [&] { read_root(*root, plan); });
  }
}

Change build_change(const Plan& plan, const route::Tree& former) {
  Change change;
  for (const HandlerLevelPlan& wanted : plan.handler_levels) {
    const auto handler =
        std::find_if(former.handlers.begin(), former.handlers.end(),
                     [&wanted](const auto& known) { return known->name == wanted.name; });
    if (handler == former.handlers.end()) {
      throw ConfigError{"No handler found with name " + python_repr(wanted.name), wanted.path,
                        plan.source};
    }
    if (wanted.level) change.levels.emplace_back(*handler, *wanted.level);
  }
  auto tree = std::make_shared<route::Tree>(former);
  for (const LoggerPlan& logger : plan.loggers) apply(logger, tree->node(logger.name));
  if (plan.root) apply(*plan.root, tree->node("root"));
  change.tree = std::move(tree);
  return change;
}

std::string describe_incremental(const Plan& plan) {
  std::string out = "Changes of what is in force; handlers stay open\n";
  for (const HandlerLevelPlan& handler : plan.handler_levels) {
    out += fmt::format("  handler {}: {}\n", python_repr(handler.name),
                       handler.level ? "level " + record::level_name(*handler.level)
                                     : std::string("has to exist, keeps its level"));
  }
  for (const LoggerPlan& logger : plan.loggers) {
    out += fmt::format("  logger {}: {}\n", python_repr(logger.name), changes_of(logger));
  }
  if (plan.root && plan.root->level) {
    out += "  root: level " + record::level_name(*plan.root->level) + "\n";
  }
  return out;
}

}  // namespace xylem::config
