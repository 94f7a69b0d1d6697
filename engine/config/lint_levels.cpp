#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "config/lint_checks.hpp"
#include "config/plan_parts.hpp"
#include "config/python_text.hpp"
#include "config/recorder.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

constexpr int no_level = std::numeric_limits<int>::max();

bool lets_something_through(const Route& route) {
  return route.min_level <= route.max_level;
}

/// The lowest level of a record that a logger sends to some handler; no_level when there is none.
int lowest_level(const Linted& linted, std::size_t view) {
  int lowest = no_level;
  for (const Route& route : routes_of(linted.plan, linted.views, view)) {
    if (lets_something_through(route)) lowest = std::min(lowest, route.min_level);
  }
  return lowest;
}

/// Whether records of the logger, or of one below it that the plan does not name, come into the
/// recorder.
bool reaches(const Linted& linted, const RecorderPlan& recorder, std::size_t view) {
  const std::string& name = linted.views[view].name;
  if (recorder_above(linted.plan.engine, name) == &recorder) return true;
  return nearest_view(linted.views, recorder.logger) == view;
}

/// How handlers are reached over all loggers, by their index.
struct Arrival {
  bool is_reached = false;
  int lowest = no_level;
};

std::vector<Arrival> arrivals(const Linted& linted) {
  std::vector<Arrival> arrivals(linted.plan.handlers.size());
  for (std::size_t view = 0; view < linted.views.size(); ++view) {
    for (const Route& route : routes_of(linted.plan, linted.views, view)) {
      Arrival& arrival = arrivals[route.handlers.back()];
      arrival.is_reached = true;
      if (lets_something_through(route)) arrival.lowest = std::min(arrival.lowest, route.min_level);
    }
  }
  return arrivals;
}

using Indices = std::set<std::size_t>;

void use(const std::vector<std::size_t>& indices, Indices& used) {
  used.insert(indices.begin(), indices.end());
}

/// The lowest level that the handler's own filters let pass. What they keep away no logger's level
/// would bring here.
int lowest_of_filters(const Plan& plan, const HandlerPlan& handler) {
  int lowest = std::numeric_limits<int>::min();
  for (const std::size_t index : handler.filters) {
    const auto* const range = std::get_if<LevelFilterPlan>(&plan.filters[index].kind);
    if (range != nullptr) lowest = std::max(lowest, range->min_level);
  }
  return lowest;
}

template <typename Part>
void report_unused(const std::vector<Part>& parts, const Indices& used, const std::string& users,
                   Warnings& warnings) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (used.contains(i)) continue;
    warnings.add(parts[i].path, "No " + users + " uses " + python_repr(parts[i].name) +
                                    ": name it, or take it out");
  }
}

}  // namespace

void check_loggers_without_handlers(const Linted& linted, Warnings& warnings) {
  for (std::size_t i = 0; i < linted.views.size(); ++i) {
    const LoggerView& view = linted.views[i];
    if (view.plan == nullptr || !routes_of(linted.plan, linted.views, i).empty()) continue;
    const bool is_cut_off = !view.plan->propagate.value_or(true);
    warnings.add(view.plan->path,
                 "Records of " + python_repr(view.name) +
                     " reach no handler: warnings appear as bare messages on stderr, the others "
                     "nowhere. " +
                     (is_cut_off ? "Give it handlers, or let it propagate"
                      : i == 0   ? "Give it handlers"
                                 : "Give handlers to it or to a logger above it"));
  }
}

void check_levels_of_loggers(const Linted& linted, Warnings& warnings) {
  std::vector<int> lowest(linted.views.size(), no_level);
  for (std::size_t i = 0; i < linted.views.size(); ++i) {
    // A level serves the loggers below that take it over as well.
    int& least = lowest[linted.views[i].level_from];
    least = std::min(least, lowest_level(linted, i));
  }
  for (std::size_t i = 0; i < linted.views.size(); ++i) {
    const LoggerView& view = linted.views[i];
    const bool has_level = view.plan != nullptr && view.plan->level && view.level_from == i;
    if (!has_level || lowest[i] == no_level || lowest[i] <= view.effective_level) continue;
    warnings.add(
        view.plan->path + ".level",
        fmt::format("No handler takes records below {}: raise this level to {}, which saves "
                    "making them, or lower that of a handler",
                    record::level_name(lowest[i]), record::level_name(lowest[i])));
  }
}

void check_levels_of_handlers(const Linted& linted, Warnings& warnings) {
  const std::vector<Arrival> reached = arrivals(linted);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const HandlerPlan& handler = linted.plan.handlers[i];
    if (!reached[i].is_reached) continue;
    if (reached[i].lowest == no_level) {
      warnings.add(handler.path,
                   "No record can pass both the levels and the filters on the way to this handler: "
                   "compare its level with its filters and with what leads here");
    } else if (handler.level > 0 && handler.level < reached[i].lowest &&
               lowest_of_filters(linted.plan, handler) < reached[i].lowest) {
      const std::string least = record::level_name(reached[i].lowest);
      warnings.add(handler.path + ".level",
                   fmt::format("Records below {} never come here: lower the level of a logger that "
                               "leads here, or raise this one to {}",
                               least, least));
    }
  }
}

void check_ignored_levels(const Linted& linted, Warnings& warnings) {
  for (const HandlerPlan& handler : linted.plan.handlers) {
    const auto* const queue = std::get_if<QueuePlan>(&handler.kind);
    if (queue == nullptr || queue->respect_handler_level) continue;
    for (const std::size_t index : Indices(queue->handlers.begin(), queue->handlers.end())) {
      const HandlerPlan& member = linted.plan.handlers[index];
      if (member.level <= 0) continue;
      warnings.add(handler.path,
                   fmt::format("The level {} of {} does not count behind this queue: "
                               "set respect_handler_level to true",
                               record::level_name(member.level), python_repr(member.name)));
    }
  }
}

void check_recorders(const Linted& linted, Warnings& warnings) {
  const EnginePlan& engine = linted.plan.engine;
  for (const RecorderPlan& recorder : engine.recorders) {
    bool keeps_something = false;
    bool is_heard = false;
    for (std::size_t i = 0; i < linted.views.size(); ++i) {
      const LoggerView& view = linted.views[i];
      if (!reaches(linted, recorder, i)) continue;
      keeps_something |= recorder.level < view.effective_level;
      is_heard |= lowest_level(linted, i) < view.effective_level;
    }
    const std::string least = record::level_name(recorder.level);
    if (!keeps_something) {
      warnings.add(recorder.path, fmt::format("The loggers here let {} through: nothing is left "
                                              "for a flight recorder",
                                              least));
    } else if (!is_heard) {
      warnings.add(recorder.path,
                   fmt::format("No handler takes what this flight recorder keeps: lower the level "
                               "of one to {}",
                               least));
    }
  }
}

void check_unused(const Linted& linted, Warnings& warnings) {
  const Plan& plan = linted.plan;
  Indices formatters;
  Indices filters;
  Indices handlers;
  const auto use_logger = [&](const LoggerPlan& logger) {
    use(logger.handlers, handlers);
    use(logger.filters, filters);
  };
  for (const LoggerPlan& logger : plan.loggers) use_logger(logger);
  if (plan.root) use_logger(*plan.root);
  for (const HandlerPlan& handler : plan.handlers) {
    if (handler.formatter) formatters.insert(*handler.formatter);
    use(handler.filters, filters);
    use(members_of(handler), handlers);
  }
  report_unused(plan.handlers, handlers, "logger or handler", warnings);
  report_unused(plan.formatters, formatters, "handler", warnings);
  report_unused(plan.filters, filters, "logger or handler", warnings);
}

}  // namespace xylem::config
