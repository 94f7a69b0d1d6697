#pragma once
/// @file
/// The member "levels" of the top-level object "xylem": names for levels.

#include <vector>

#include "config/reader.hpp"
#include "record/level_names.hpp"

namespace xylem::config {

/// In file order; none when the document says nothing of them.
/// @throws ConfigError "Expected an integer, got '5'"
std::vector<record::LevelName> read_level_names(const Cursor& document);

}  // namespace xylem::config
