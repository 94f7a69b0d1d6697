#pragma once
/// @file
/// A plan as text for people.

#include <string>

#include "config/plan.hpp"

namespace xylem::config {

/// What the plan does, in aligned lines: the loggers as a tree with their effective levels and the
/// handlers a record of theirs reaches, then handlers, formatters, filters, files and the engine.
/// Levels are those of a process that starts with this plan.
std::string describe(const Plan& plan);

}  // namespace xylem::config
