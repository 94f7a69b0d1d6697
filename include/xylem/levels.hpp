#pragma once
/// @file
/// Levels while the program runs: what loggers let pass, and names for numbers of one's own.

#include <string_view>

#include <xylem/level.hpp>

namespace xylem {

/// From now on the logger of that name ("" and "root" are the root) lets pass what is of this level
/// or above, as Python's `Logger.setLevel()`; with Level::notset, what the logger above it does.
/// Loggers below it without a level of their own follow. Holds until the next configuration, which
/// says its own of each logger that it names.
///
/// Records logged before by the calling thread keep the old level. Waits until the consumer has
/// taken the change over, some microseconds when it is not busy. Thread-safe.
void set_level(std::string_view logger, Level level);

/// The same for all loggers below it too: levels of their own are taken back.
void set_level_below(std::string_view logger, Level level);

/// The least level that this logger lets pass, wherever it comes from; of a logger that a
/// configuration has disabled, one that no record has. Thread-safe.
Level effective_level(std::string_view logger);

/// Gives a level a name, as Python's `logging.addLevelName()`: lines show it, and configurations
/// may use it from now on. Several names may stand for one level; lines show the one added last.
///
///     inline constexpr xylem::Level notice{25};
///     xylem::add_level_name(notice, "NOTICE");
///     log.log(notice, "{} users", n);
///
/// A configuration may name levels itself, for programs and tools that only read it:
/// `"xylem": {"levels": {"NOTICE": 25}}`. Records of a process that died are recovered under the
/// names that they had there. `name` is copied, and kept for ever. Thread-safe.
void add_level_name(Level level, std::string_view name);

}  // namespace xylem
