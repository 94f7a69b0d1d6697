#include "config/reach_trace.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "config/levels.hpp"
#include "config/plan_parts.hpp"
#include "config/recorder.hpp"
#include "config/table.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

bool is_within(std::string_view name, std::string_view ancestor) {
  return name.starts_with(ancestor) &&
         (name.size() == ancestor.size() || name[ancestor.size()] == '.');
}

class Tracer {
 public:
  Tracer(const Plan& plan, const std::vector<LoggerView>& views, Trace& trace)
      : plan_(plan), views_(views), trace_(trace) {}

  void run() {
    find_logger();
    trace_.obstacle = obstacle_at_logger();
    if (trace_.is_named && views_[trace_.nearest].plan != nullptr) {
      add_doubts(views_[trace_.nearest].plan->filters, trace_.doubts);
    }
    bool is_asked = true;
    for (std::optional<std::size_t> at = trace_.nearest; at; at = views_[*at].parent) {
      const LoggerPlan* const logger = views_[*at].plan;
      if (logger == nullptr) continue;
      if (!is_asked) {
        if (!logger->handlers.empty()) trace_.not_asked.push_back(*at);
        continue;
      }
      for (const std::size_t handler : logger->handlers) follow(handler, true, {*at, {}, {}, {}});
      if (!logger->propagate.value_or(true) && at != 0) {
        is_asked = false;
        trace_.cut_at = at;
      }
    }
    if (trace_.not_asked.empty()) trace_.cut_at.reset();
  }

 private:
  void find_logger() {
    trace_.nearest = nearest_view(views_, trace_.logger);
    trace_.is_named = views_[trace_.nearest].name == trace_.logger &&
                      (trace_.nearest != 0 || views_[0].plan != nullptr);
  }

  std::string obstacle_at_logger() {
    const LoggerView& view = views_[trace_.nearest];
    if (trace_.level < view.effective_level) {
      trace_.recorder = recorder_above(plan_.engine, trace_.logger);
      if (trace_.recorder != nullptr && trace_.level < trace_.recorder->level) {
        trace_.recorder = nullptr;
      }
    }
    if (trace_.level < view.effective_level && trace_.recorder == nullptr) {
      const LoggerView& source = views_[view.level_from];
      const bool is_default = source.plan == nullptr || !source.plan->level;
      return fmt::format("its level is {}, {}", record::level_name(view.effective_level),
                         is_default                     ? "the default of root"
                         : source.name == trace_.logger ? "its own"
                                                        : "that of " + shown(source.name));
    }
    // Only the filters of the logger that is called count.
    if (!trace_.is_named) return {};
    return obstacle_of_filters(view.plan->filters);
  }

  /// Empty when all of them let the record pass.
  std::string obstacle_of_filters(const std::vector<std::size_t>& filters) const {
    for (const std::size_t index : filters) {
      const FilterPlan& filter = plan_.filters[index];
      if (const auto* range = std::get_if<LevelFilterPlan>(&filter.kind)) {
        if (trace_.level < range->min_level || trace_.level > range->max_level) {
          return fmt::format("filter {} lets {} pass", shown(filter.name),
                             range_text(range->min_level, range->max_level));
        }
      } else if (const auto* name = std::get_if<NameFilterPlan>(&filter.kind)) {
        if (!name->prefix.empty() && !is_within(trace_.logger, name->prefix)) {
          return fmt::format("filter {} lets {} and what is below it pass", shown(filter.name),
                             shown(name->prefix));
        }
      }
    }
    return {};
  }

  void add_doubts(const std::vector<std::size_t>& filters, std::vector<std::string>& doubts) const {
    for (const std::size_t index : filters) {
      const FilterPlan& filter = plan_.filters[index];
      if (const auto* engines = std::get_if<EngineFilterPlan>(&filter.kind)) {
        if (engines->may.empty() || trace_.level >= engines->below) continue;
        doubts.push_back("filter " + shown(filter.name) + " " + engines->may);
      } else if (std::holds_alternative<OwnFilterPlan>(filter.kind)) {
        doubts.push_back("filter " + shown(filter.name) + " is the program's own");
      }
    }
  }

  std::string obstacle_of(const HandlerPlan& handler, bool consults_level) const {
    if (consults_level && trace_.level < handler.level) {
      return fmt::format("the level of {} is {}", shown(handler.name),
                         record::level_name(handler.level));
    }
    return obstacle_of_filters(handler.filters);
  }

  void follow(std::size_t index, bool consults_level, Way way) {
    const HandlerPlan& handler = plan_.handlers[index];
    way.handlers.push_back(index);
    if (way.obstacle.empty()) way.obstacle = obstacle_of(handler, consults_level);
    add_doubts(handler.filters, way.doubts);
    const std::vector<std::size_t> members = members_of(handler);
    if (members.empty()) {
      trace_.ways.push_back(std::move(way));
      return;
    }
    // What holds records back hands them on whatever the level of its target.
    const auto* const queue = std::get_if<QueuePlan>(&handler.kind);
    const bool respects = queue != nullptr && queue->respect_handler_level;
    for (const std::size_t member : members) follow(member, respects, way);
  }

  const Plan& plan_;
  const std::vector<LoggerView>& views_;
  Trace& trace_;
};

}  // namespace

Trace trace(const Plan& plan, const std::vector<LoggerView>& views, std::string_view logger,
            int level) {
  Trace trace;
  trace.logger = logger.empty() ? "root" : std::string(logger);
  trace.level = level;
  Tracer(plan, views, trace).run();
  return trace;
}

}  // namespace xylem::config
