#pragma once
/// @file
/// The way of one record through a plan, with a reason wherever it ends too early.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/plan.hpp"
#include "config/reach.hpp"

namespace xylem::config {

/// One way from a logger to a handler.
struct Way {
  /// Index of the logger that has the handler, in the views.
  std::size_t owner = 0;
  /// Indices into Plan::handlers: queues, then the handler at the end.
  std::vector<std::size_t> handlers;
  /// Why the record does not get to the end; empty when it does.
  std::string obstacle;
  /// What may yet keep it from there: "filter quiet holds repetitions back".
  std::vector<std::string> doubts;
};

struct Trace {
  /// "root" for the root.
  std::string logger;
  int level = 0;
  /// Index of the logger in the views or, when the plan does not name it, of its nearest ancestor.
  std::size_t nearest = 0;
  bool is_named = false;
  /// Why the logger itself makes no record; empty when it does.
  std::string obstacle;
  /// What may keep the logger from making it.
  std::vector<std::string> doubts;
  /// That keeps the record until an important one comes; null: none.
  const RecorderPlan* recorder = nullptr;
  /// All ways, in the order in which they are written, those with an obstacle too.
  std::vector<Way> ways;
  /// Index of the logger that does not propagate though loggers above it have handlers.
  std::optional<std::size_t> cut_at;
  /// Indices of the loggers with handlers above that one, the nearest first.
  std::vector<std::size_t> not_asked;
};

/// @param logger as for get_logger(); "" and "root" are the root
Trace trace(const Plan& plan, const std::vector<LoggerView>& views, std::string_view logger,
            int level);

}  // namespace xylem::config
