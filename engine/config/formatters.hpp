#pragma once
/// @file
/// One member of "formatters".

#include <string>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// @throws ConfigError without the wrapper "Unable to configure formatter ..."
FormatterPlan read_formatter(const std::string& name, const Cursor& config);

}  // namespace xylem::config
