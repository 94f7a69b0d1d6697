#include <memory>
#include <mutex>

#include <xylem/levels.hpp>

#include "api/engine_levels.hpp"
#include "drain/engine.hpp"
#include "record/level_names.hpp"
#include "route/loggers.hpp"

namespace xylem {
namespace api {
namespace {

std::string_view full_name(std::string_view logger) {
  return logger.empty() ? "root" : logger;
}

/// Puts a copy of the engine's tree in force that change(tree) has changed.
template <typename F>
void change_tree(route::EngineNumber engine, F&& change) {
  drain::Engine& pipeline = drain::Engine::instance();
  // One at a time: a change builds on the tree that is in force.
  const std::lock_guard lock{pipeline.configuring()};
  auto tree = std::make_shared<route::Tree>(*pipeline.forest().tree(engine));
  change(*tree);
  pipeline.reroute(engine, tree, {});
}

bool is_below(std::string_view name, std::string_view logger) {
  if (logger == "root") return name != "root";
  return name.size() > logger.size() && name.starts_with(logger) && name[logger.size()] == '.';
}

}  // namespace

void set_level(route::EngineNumber engine, std::string_view logger, Level level) {
  change_tree(engine, [=](route::Tree& tree) {
    tree.node(full_name(logger)).level = static_cast<int>(level);
  });
}

void set_level_below(route::EngineNumber engine, std::string_view logger, Level level) {
  const std::string_view top = full_name(logger);
  change_tree(engine, [=](route::Tree& tree) {
    tree.node(top).level = static_cast<int>(level);
    for (auto& [name, node] : tree.nodes()) {
      if (is_below(name, top)) node.level = static_cast<int>(Level::notset);
    }
  });
}

Level effective_level(route::EngineNumber engine, std::string_view logger) {
  const route::Forest forest = drain::Engine::instance().forest();
  return static_cast<Level>(forest.tree(engine)->configured_threshold(full_name(logger)));
}

}  // namespace api

void set_level(std::string_view logger, Level level) {
  api::set_level(0, logger, level);
}

void set_level_below(std::string_view logger, Level level) {
  api::set_level_below(0, logger, level);
}

Level effective_level(std::string_view logger) {
  return api::effective_level(0, logger);
}

void detail::set_level(const LoggerState& logger, Level level) {
  api::set_level(route::engine_of(logger.id()), logger.name, level);
}

void add_level_name(Level level, std::string_view name) {
  // What was logged before is shown under the old name.
  drain::Engine::instance().settle();
  record::add_level_name(static_cast<int>(level), name);
  // The lines of call sites that have logged hold the old name.
  api::change_tree(0, [](route::Tree&) {});
}

}  // namespace xylem
