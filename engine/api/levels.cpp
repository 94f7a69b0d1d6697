#include <memory>
#include <mutex>
#include <string>

#include <xylem/levels.hpp>

#include "drain/engine.hpp"
#include "record/level_names.hpp"
#include "route/loggers.hpp"

namespace xylem {
namespace {

std::string_view full_name(std::string_view logger) {
  return logger.empty() ? "root" : logger;
}

/// Puts a copy of the tree in force that change(tree) has changed.
template <typename F>
void change_tree(F&& change) {
  drain::Engine& engine = drain::Engine::instance();
  // One at a time: a change builds on the tree that is in force.
  const std::lock_guard lock{engine.configuring()};
  auto tree = std::make_shared<route::Tree>(*engine.tree());
  change(*tree);
  engine.reroute(tree, {});
}

bool is_below(std::string_view name, std::string_view logger) {
  if (logger == "root") return name != "root";
  return name.size() > logger.size() && name.starts_with(logger) && name[logger.size()] == '.';
}

}  // namespace

void set_level(std::string_view logger, Level level) {
  change_tree(
      [=](route::Tree& tree) { tree.node(full_name(logger)).level = static_cast<int>(level); });
}

void set_level_below(std::string_view logger, Level level) {
  const std::string_view top = full_name(logger);
  change_tree([=](route::Tree& tree) {
    tree.node(top).level = static_cast<int>(level);
    for (auto& [name, node] : tree.nodes()) {
      if (is_below(name, top)) node.level = static_cast<int>(Level::notset);
    }
  });
}

Level effective_level(std::string_view logger) {
  return static_cast<Level>(
      drain::Engine::instance().tree()->configured_threshold(full_name(logger)));
}

void add_level_name(Level level, std::string_view name) {
  // What was logged before is shown under the old name.
  drain::Engine::instance().settle();
  record::add_level_name(static_cast<int>(level), name);
  // The lines of call sites that have logged hold the old name.
  change_tree([](route::Tree&) {});
}

}  // namespace xylem
