#pragma once
/// @file
/// The member "flight_recorder" of the object "xylem".

#include <string>
#include <string_view>
#include <vector>

#include "config/plan.hpp"
#include "config/reader.hpp"
#include "route/recorder_rule.hpp"

namespace xylem::config {

/// An object of recorders by logger; "" and "root" are the root.
/// @throws ConfigError "Unknown key 'record'. Did you mean 'records'?"
std::vector<RecorderPlan> read_recorders(const Cursor& section);

/// The one of the nearest logger; null when there is none above. `logger` as in LoggerView.
const RecorderPlan* recorder_above(const EnginePlan& plan, std::string_view logger);

std::vector<route::RecorderRule> build_recorders(const EnginePlan& plan);

/// "the last 256 from DEBUG on are written when ERROR comes".
std::string describe_recorder(const RecorderPlan& plan);

}  // namespace xylem::config
