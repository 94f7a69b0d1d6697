#pragma once
/// @file
/// `logging.handlers.SysLogHandler`.

#include <array>
#include <string>
#include <string_view>

#include "config/handler_classes.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 3> syslog_arguments = {"address", "facility",
                                                                     "socktype"};

/// @throws ConfigError "cannot unpack non-iterable int object" for an address, "Unknown facility:
///         'nope'"
HandlerKind read_syslog_handler(const Cursor& config, const HandlerScope& scope);

/// Sets append_nul, facility, ident or priority_map; false for any other attribute.
/// @throws ConfigError "Unknown priority: 'nope'", and for what says where messages go
bool set_attribute(SyslogPlan& plan, std::string_view name, const Cursor& value);

/// What stands in front of a message of that level: "<14>" and the ident. Levels that
/// priority_map does not name are warnings.
std::string syslog_opening(const SyslogPlan& plan, std::string_view level_name);

/// "localhost:514, UDP".
std::string syslog_address(const SyslogPlan& plan);

}  // namespace xylem::config
