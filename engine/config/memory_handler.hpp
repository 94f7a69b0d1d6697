#pragma once
/// @file
/// `logging.handlers.MemoryHandler`.

#include <array>
#include <string_view>

#include "config/handler_classes.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 4> memory_arguments = {"capacity", "flushLevel",
                                                                     "target", "flushOnClose"};
inline constexpr std::array<std::string_view, 1> memory_required = {"capacity"};

/// @throws ConfigError "Unable to set target handler 'x'"; NotConfiguredYet for a target that comes
///         later
HandlerKind read_memory_handler(const Cursor& config, const HandlerScope& scope);

/// Sets the capacity, flushLevel or flushOnClose; false for any other attribute.
bool set_attribute(MemoryPlan& plan, std::string_view name, const Cursor& value);

}  // namespace xylem::config
