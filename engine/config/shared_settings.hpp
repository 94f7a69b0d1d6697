#pragma once
/// @file
/// What of "xylem" holds for all engines of a process.

#include "config/plan.hpp"

namespace xylem::config {

/// Holds what the document of an engine says of the process' settings against those in force.
/// @throws ConfigError "'slots' holds for all engines of the process: 4096 is in force, not 1024"
void check_shared(const Plan& plan, const EnginePlan& in_force);

/// `plan` with the process' settings of `in_force`.
EnginePlan with_shared(const EnginePlan& plan, const EnginePlan& in_force);

}  // namespace xylem::config
