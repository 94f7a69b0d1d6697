#pragma once
/// @file
/// Configurations that change what is in force: `"incremental": true`.

#include <memory>
#include <string>

#include "config/plan.hpp"
#include "config/reader.hpp"
#include "route/tree.hpp"

namespace xylem::config {

/// The levels of handlers, loggers and root, and the propagation of loggers: all that CPython reads
/// of such a document.
/// @throws ConfigError
void read_incremental(const Cursor& document, Plan& plan);

/// What an incremental plan makes of a tree: one of the same handlers, and new levels for these.
struct Change {
  std::shared_ptr<const route::Tree> tree;
  route::LevelChanges levels;
};

/// @param former stays as it is
/// @throws ConfigError "No handler found with name 'x'"
Change build_change(const Plan& plan, const route::Tree& former);

/// What such a plan changes, a line for each thing.
std::string describe_incremental(const Plan& plan);

}  // namespace xylem::config
