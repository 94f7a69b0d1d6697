#pragma once
/// @file
/// One member of "formatters".

#include <string>
#include <string_view>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// @throws ConfigError without the wrapper "Unable to configure formatter ..."
FormatterPlan read_formatter(const std::string& name, const Cursor& config);

/// Whether the engine has a formatter of this dotted name.
bool is_formatter_class(std::string_view name);

}  // namespace xylem::config
