#pragma once
/// @file
/// Levels as an operator writes them, on a command line or in the environment, and their names.

#include <optional>
#include <string>
#include <string_view>

#include <xylem/level.hpp>

namespace xylem {

/// Sets the levels of several loggers, as set_level() (levels.hpp) does one after another:
///
///     xylem::set_levels("info,my_app.db=debug,my_app.http=25");
///
/// A level without a name is the root's. Levels are numbers or names in any case, also those added
/// by a configuration or add_level_name(), and `off`, which no record reaches. Spaces around them
/// and empty pieces do not matter. Thread-safe.
/// @throws std::invalid_argument for a level that there is not ("Unknown level: 'debgu'"); then
///         nothing has changed
void set_levels(std::string_view levels);

/// The same with the value of an environment variable, after configuring:
///
///     xylem::configure_file("logging.json");
///     xylem::set_levels_from_env();  // XYLEM_LEVELS=my_app.db=debug ./server
///
/// Reads the environment as getenv(3) does, so call it before another thread changes that.
/// @return false when the variable is not set or empty
/// @throws std::invalid_argument as set_levels(), with the name of the variable in front
bool set_levels_from_env(const std::string& variable = "XYLEM_LEVELS");

/// What lines show for a level, as Python's `logging.getLevelName()`: "WARNING", or "Level 15" for
/// a number without a name. Thread-safe.
std::string level_name(Level level);

/// The level of that name, in exactly its case, as Python's `logging.getLevelNamesMapping()` has
/// it: "INFO", "WARN", and those that a configuration or add_level_name() has added. Thread-safe.
std::optional<Level> find_level(std::string_view name);

}  // namespace xylem
