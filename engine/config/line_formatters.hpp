#pragma once
/// @file
/// The formatters of this engine's own that write no JSON: `xylem.ConsoleFormatter` and
/// `xylem.LogfmtFormatter`.

#include <array>
#include <string_view>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 3> console_arguments = {"datefmt", "colors",
                                                                      "name_width"};
inline constexpr std::array<std::string_view, 1> logfmt_arguments = {"fmt_keys"};

/// `datefmt` for strftime, `colors` ("auto", "always" or "never"; NO_COLOR turns the first off),
/// `name_width` in characters.
ConsoleFormatterPlan read_console(const Cursor& config);

/// Without `fmt_keys`: time, level, logger, msg.
LogfmtFormatterPlan read_logfmt(const Cursor& config);

/// The member `fmt_keys`: {key in the output: attribute}.
std::vector<std::pair<std::string, std::string>> read_fmt_keys(const Cursor& config);

}  // namespace xylem::config
