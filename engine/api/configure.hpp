#pragma once

#include "config/plan.hpp"
#include "route/forest.hpp"

namespace xylem::api {

/// Puts a configuration in force for that engine. One at a time; the others wait.
/// @throws ConfigError
void configure(route::EngineNumber engine, const config::Plan& plan);

}  // namespace xylem::api
