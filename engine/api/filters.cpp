#include "config/filters.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <xylem/filters.hpp>

#include "config/build.hpp"
#include "config/document.hpp"
#include "config/python_text.hpp"
#include "config/reader.hpp"
#include "drain/engine.hpp"
#include "extend/own_parts.hpp"
#include "record/engine_thread.hpp"

namespace xylem {
namespace {

using FilterPtr = std::shared_ptr<const route::Filter>;
using Handlers = std::vector<std::shared_ptr<const route::Handler>>;

class FunctionFilter final : public Filter {
 public:
  explicit FunctionFilter(std::function<bool(const RecordView&)> passes)
      : passes_{std::move(passes)} {}

  bool passes(const RecordView& record) override { return passes_(record); }

 private:
  std::function<bool(const RecordView&)> passes_;
};

FilterPtr filter_of(std::function<bool(const RecordView&)> passes) {
  return std::make_shared<extend::OwnFilter>(std::make_unique<FunctionFilter>(std::move(passes)));
}

config::FilterPlan read(std::string_view text) {
  const config::Value document = config::parse_document(text);
  const config::Cursor cursor{document, {}};
  std::string name = "filter";
  if (const auto named = cursor.find("()")) {
    if (const auto* class_name = named->value().get_if<std::string>()) name = *class_name;
  }
  return config::read_filter(name, cursor);
}

std::string full_name(std::string_view logger) {
  return std::string{logger.empty() ? "root" : logger};
}

/// Has change(tree, filters) change a copy of the tree in force and what its handlers' filters are
/// to be, and puts both in force.
template <typename F>
void change_filters(F&& change) {
  if (record::is_engine_thread()) {
    throw ConfigError{"A handler, formatter or filter cannot change filters"};
  }
  drain::Engine& engine = drain::Engine::instance();
  const std::lock_guard lock{engine.configuring()};
  auto tree = std::make_shared<route::Tree>(*engine.forest().tree(0));
  route::FilterChanges filters;
  change(*tree, filters);
  engine.reroute(0, tree, {}, filters);
}

/// Calls visit(handler) for each handler of the tree, some perhaps more than once.
template <typename F>
void for_each_handler(const Handlers& handlers, const F& visit) {
  for (const auto& handler : handlers) {
    visit(handler);
    for_each_handler(handler->members, visit);
  }
}

FilterHandle add_to_handler(std::string_view name, FilterPtr filter) {
  FilterHandle added{filter};
  change_filters([&](const route::Tree& tree, route::FilterChanges& changes) {
    const auto found = std::find_if(tree.handlers.begin(), tree.handlers.end(),
                                    [name](const auto& handler) { return handler->name == name; });
    if (found == tree.handlers.end()) {
      throw ConfigError{"There is no handler " + config::python_repr(std::string{name})};
    }
    route::Filters filters = (*found)->filters;
    filters.push_back(std::move(filter));
    changes.emplace_back(*found, std::move(filters));
  });
  return added;
}

}  // namespace

FilterHandle add_filter(std::string_view logger, std::function<bool(const RecordView&)> passes) {
  const FilterPtr filter = filter_of(std::move(passes));
  change_filters([&](route::Tree& tree, route::FilterChanges&) {
    tree.node(full_name(logger)).filters.push_back(filter);
  });
  return FilterHandle{filter};
}

FilterHandle add_filter(std::string_view logger, std::string_view config) {
  const config::FilterPlan plan = read(config);
  FilterPtr filter;
  change_filters([&](route::Tree& tree, route::FilterChanges&) {
    const std::string name = full_name(logger);
    filter = config::build_filter(plan, tree.filter_for_calls(name) == nullptr ? &name : nullptr);
    tree.node(name).filters.push_back(filter);
  });
  return FilterHandle{filter};
}

FilterHandle add_handler_filter(std::string_view handler,
                                std::function<bool(const RecordView&)> passes) {
  return add_to_handler(handler, filter_of(std::move(passes)));
}

FilterHandle add_handler_filter(std::string_view handler, std::string_view config) {
  return add_to_handler(handler, config::build_filter(read(config), nullptr));
}

bool remove_filter(const FilterHandle& filter) {
  const std::shared_ptr<const void> removed = filter.lock();
  if (removed == nullptr) return false;
  const auto is_removed = [&removed](const FilterPtr& other) { return other == removed; };
  bool is_found = false;
  change_filters([&](route::Tree& tree, route::FilterChanges& changes) {
    for (auto& [name, node] : tree.nodes()) {
      is_found = std::erase_if(node.filters, is_removed) != 0 || is_found;
    }
    const auto look_at = [&](const std::shared_ptr<const route::Handler>& handler) {
      route::Filters filters = handler->filters;
      if (std::erase_if(filters, is_removed) != 0)
        changes.emplace_back(handler, std::move(filters));
    };
    for_each_handler(tree.handlers, look_at);
    for_each_handler(tree.left, look_at);
    is_found = is_found || !changes.empty();
  });
  return is_found;
}

}  // namespace xylem
