#include "config/reach.hpp"

#include <algorithm>
#include <variant>

#include "config/plan_parts.hpp"
#include "config/recorder.hpp"

namespace xylem::config {
namespace {

bool is_below(std::string_view name, std::string_view ancestor) {
  return name.size() > ancestor.size() && name.substr(0, ancestor.size()) == ancestor &&
         name[ancestor.size()] == '.';
}

/// A dot sorts before every character of a name, so that a subtree stays together.
bool precedes(const LoggerPlan* a, const LoggerPlan* b) {
  return std::lexicographical_compare(
      a->name.begin(), a->name.end(), b->name.begin(), b->name.end(), [](char x, char y) {
        const auto rank = [](char c) { return c == '.' ? -1 : int{static_cast<unsigned char>(c)}; };
        return rank(x) < rank(y);
      });
}

/// In sorted order the nearest ancestor is the logger before, or an ancestor of that one.
void place(LoggerView& view, const std::vector<LoggerView>& placed) {
  std::size_t parent = placed.size() - 1;
  while (parent != 0 && !is_below(view.name, placed[parent].name)) parent = *placed[parent].parent;
  view.parent = parent;
  view.depth = placed[parent].depth + 1;
  const int own = view.plan->level.value_or(0);
  view.effective_level = own != 0 ? own : placed[parent].effective_level;
  view.level_from = own != 0 ? placed.size() : placed[parent].level_from;
}

void pass_filters(const Plan& plan, const std::vector<std::size_t>& filters, Route& route) {
  for (const std::size_t index : filters) {
    const auto& kind = plan.filters[index].kind;
    if (const auto* range = std::get_if<LevelFilterPlan>(&kind)) {
      route.min_level = std::max(route.min_level, range->min_level);
      route.max_level = std::min(route.max_level, range->max_level);
    } else if (const auto* name = std::get_if<NameFilterPlan>(&kind)) {
      if (!name->prefix.empty()) route.only.push_back(name->prefix);
    }
  }
}

void follow(const Plan& plan, std::size_t handler, bool consults_level, Route route,
            std::vector<Route>& routes) {
  const HandlerPlan& next = plan.handlers[handler];
  route.handlers.push_back(handler);
  if (consults_level) route.min_level = std::max(route.min_level, next.level);
  pass_filters(plan, next.filters, route);
  const std::vector<std::size_t> members = members_of(next);
  if (members.empty()) {
    routes.push_back(std::move(route));
    return;
  }
  // What holds records back hands them on whatever the level of its target.
  const auto* queue = std::get_if<QueuePlan>(&next.kind);
  const bool respects = queue != nullptr && queue->respect_handler_level;
  for (const std::size_t member : members) follow(plan, member, respects, route, routes);
}

/// What a flight recorder keeps gets to the handlers, too; one of a logger that the plan does not
/// name has what comes by the nearest that it does.
int lowest_level(const Plan& plan, const std::vector<LoggerView>& views, std::size_t logger) {
  int lowest = views[logger].effective_level;
  const RecorderPlan* const own = recorder_above(plan.engine, views[logger].name);
  for (const RecorderPlan& recorder : plan.engine.recorders) {
    const bool has_its_records = &recorder == own || nearest_view(views, recorder.logger) == logger;
    if (has_its_records) lowest = std::min(lowest, recorder.level);
  }
  return lowest;
}

}  // namespace

std::vector<LoggerView> view_loggers(const Plan& plan) {
  LoggerView root;
  root.name = "root";
  if (plan.root) {
    root.plan = &*plan.root;
    root.effective_level = plan.root->level.value_or(root.effective_level);
  }
  std::vector<const LoggerPlan*> sorted;
  for (const LoggerPlan& logger : plan.loggers) sorted.push_back(&logger);
  std::sort(sorted.begin(), sorted.end(), precedes);
  std::vector<LoggerView> views{root};
  for (const LoggerPlan* logger : sorted) {
    LoggerView view;
    view.plan = logger;
    view.name = logger->name;
    place(view, views);
    views.push_back(std::move(view));
  }
  return views;
}

std::size_t nearest_view(const std::vector<LoggerView>& views, std::string_view name) {
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < views.size(); ++i) {
    if (views[i].name == name || is_below(name, views[i].name)) nearest = i;
  }
  return nearest;
}

std::vector<Route> routes_of(const Plan& plan, const std::vector<LoggerView>& views,
                             std::size_t logger) {
  std::vector<Route> routes;
  Route start;
  start.min_level = lowest_level(plan, views, logger);
  // Only the filters of the logger that is called count, the handlers of all its ancestors do.
  if (views[logger].plan != nullptr) pass_filters(plan, views[logger].plan->filters, start);
  for (std::optional<std::size_t> at = logger; at; at = views[*at].parent) {
    const LoggerPlan* const configured = views[*at].plan;
    if (configured == nullptr) break;
    for (const std::size_t handler : configured->handlers) {
      follow(plan, handler, true, start, routes);
    }
    if (!configured->propagate.value_or(true)) break;
  }
  return routes;
}

}  // namespace xylem::config
