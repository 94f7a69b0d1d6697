#pragma once
/// @file
/// From a plan to the handlers, formatters and loggers that carry it out.

#include <memory>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "route/tree.hpp"

namespace xylem::config {

/// What there is beside the engine that is configured.
struct Beside {
  bool is_default = true;  // the engine itself; calls of another one's loggers are not sampled, but
                           // what they log is
  std::vector<std::shared_ptr<sink::Sink>> streams{};  // of stdout and stderr, for all to use
};

/// Opens the files and makes the tree that is to follow `former`, which stays as it is. Files of
/// mode 'w' are emptied at the very end: when this throws, they are as they were.
/// @param existing the names of all loggers that the engine has
/// @throws ConfigError when a file cannot be opened; whatever was opened before is closed again.
///         Also for an incremental plan, which stands on another one
std::shared_ptr<const route::Tree> build(const Plan& plan, const route::Tree& former,
                                         const std::vector<std::string>& existing,
                                         const Beside& beside = {});

/// One filter. `logger` as for EngineFilterPlan::make.
/// @throws ConfigError, and what a factory of the program's throws
std::shared_ptr<const route::Filter> build_filter(const FilterPlan& plan,
                                                  const std::string* logger);

}  // namespace xylem::config
