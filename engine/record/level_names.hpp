#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xylem::record {

/// "WARNING" for 30; "Level 15" for a number without a name, as in Python.
std::string level_name(int levelno);

/// Gives a level one more name, which lines show from now on. Both texts and numbers of before are
/// found as well. Thread-safe, as are the two others.
void add_level_name(int levelno, std::string_view name);

/// The number of a level's name, in exactly its case; WARN and FATAL are names too.
std::optional<int> find_level(std::string_view name);

}  // namespace xylem::record
