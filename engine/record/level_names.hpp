#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xylem::record {

/// "WARNING" for 30; "Level 15" for a number without a name, as in Python.
std::string level_name(int levelno);

/// The number of a level's name, in exactly its case; WARN and FATAL are names too.
std::optional<int> find_level(std::string_view name);

}  // namespace xylem::record
