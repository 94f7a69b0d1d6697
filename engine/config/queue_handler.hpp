#pragma once
/// @file
/// `logging.handlers.QueueHandler`.

#include <array>
#include <string_view>

#include "config/handler_classes.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 1> queue_arguments = {"queue"};
inline constexpr std::array<std::string_view, 4> queue_keys = {"queue", "listener", "handlers",
                                                               "respect_handler_level"};

/// @throws ConfigError "Invalid queue specifier 4", "Unable to set required handler 'x'";
///         NotConfiguredYet for a handler that comes later
HandlerKind read_queue_handler(const Cursor& config, const HandlerScope& scope);

/// What bounded queues ask of the rings, which are what records wait in: that callers do not wait
/// for room, and as many slots as the largest has places for records. Where the "xylem" object says
/// something else, that counts.
void bound_rings(const std::vector<HandlerPlan>& handlers, EnginePlan& engine);

}  // namespace xylem::config
