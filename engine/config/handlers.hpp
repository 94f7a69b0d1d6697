#pragma once
/// @file
/// The section "handlers", and references to handlers.

#include <vector>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// The handlers in the order in which CPython constructs them: sorted by name; a queue that has a
/// member which does not exist yet waits until all others are made, then gets one more chance.
/// @param section the value of "handlers"
/// @throws ConfigError "Unable to configure handler 'x': ..."
std::vector<HandlerPlan> read_handlers(const Cursor& section,
                                       const std::vector<FormatterPlan>& formatters,
                                       const std::vector<FilterPlan>& filters);

}  // namespace xylem::config
