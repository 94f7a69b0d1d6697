#pragma once
/// @file
/// Level names and numbers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/reader.hpp"

namespace xylem::config {

/// The member "level" by CPython's rule: an integer, or a name in exactly its case. None when it is
/// absent or null. Numbers beyond an int become the nearest int, which no level lies beyond.
/// @throws ConfigError "Unknown level: 'debug'", "Level not an integer or a valid string: 10.0"
std::optional<int> read_level(const Cursor& owner);

/// The level that stands there, by the same rule; null is none.
int level_of(const Cursor& level);

/// For people: "DEBUG to INFO", "up to INFO", "INFO and above" or "everything".
std::string range_text(int min_level, int max_level);

/// The nearest int.
int clamped_level(std::int64_t level);

}  // namespace xylem::config
