#pragma once
/// @file
/// Where the records of a logger go, by a plan alone.

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/plan.hpp"

namespace xylem::config {

/// A logger of a plan among its kin, as it is in a process that starts with the plan.
struct LoggerView {
  /// Null for a root that the plan does not name.
  const LoggerPlan* plan = nullptr;
  /// "root" for the root.
  std::string name;
  /// Index of the nearest ancestor in the vector; none for the root.
  std::optional<std::size_t> parent;
  std::size_t depth = 0;
  int effective_level = 30;
  /// Index of the logger whose level that is.
  std::size_t level_from = 0;
};

/// The root first, then every logger of the plan below its nearest ancestor, siblings by name.
std::vector<LoggerView> view_loggers(const Plan& plan);

/// Index of the logger of that name or, when the plan does not name it, of its nearest ancestor.
std::size_t nearest_view(const std::vector<LoggerView>& views, std::string_view name);

/// One way a record can take.
struct Route {
  /// Indices into Plan::handlers: queues and memories, then the handler that writes.
  std::vector<std::size_t> handlers;
  /// Levels that get through, both included; none does when min_level > max_level.
  int min_level = 0;
  int max_level = std::numeric_limits<int>::max();
  /// Names that filters on the way ask for, each for itself and what is below it.
  std::vector<std::string> only;
};

/// All ways for records that are logged with `logger`, in the order in which they are written. A
/// queue without handlers ends its way.
std::vector<Route> routes_of(const Plan& plan, const std::vector<LoggerView>& views,
                             std::size_t logger);

}  // namespace xylem::config
