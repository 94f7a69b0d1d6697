#pragma once

#include <string_view>

#include <xylem/level.hpp>

#include "route/forest.hpp"

/// xylem::set_level() and its fellows for the loggers of any engine.
namespace xylem::api {

void set_level(route::EngineNumber engine, std::string_view logger, Level level);
void set_level_below(route::EngineNumber engine, std::string_view logger, Level level);
Level effective_level(route::EngineNumber engine, std::string_view logger);

}  // namespace xylem::api
