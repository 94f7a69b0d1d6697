#pragma once

#include <string>

#include <xylem/level.hpp>

namespace xylem::tools {

/// What --level says: a name, of the config's own too once that has been read, or a number.
/// Throws std::invalid_argument.
Level level_option(const std::string& text);

}  // namespace xylem::tools
