#pragma once
/// @file
/// The section "loggers" and the root.

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// Reads "loggers", then a top-level "root" when it says anything, into a plan whose handlers and
/// filters are there. What is said of the root under several names is merged as CPython applies it:
/// the last level and the last handlers count, filters add up.
/// @throws ConfigError "Unable to configure logger 'x': ...", "Unable to configure root logger:
/// ..."
void read_loggers(const Cursor& document, Plan& plan);

}  // namespace xylem::config
