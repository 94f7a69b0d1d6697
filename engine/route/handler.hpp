#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/formatter.hpp"
#include "route/filter.hpp"
#include "sink/sink.hpp"

namespace xylem::route {

using Filters = std::vector<std::shared_ptr<const Filter>>;

/// Whether every filter lets a record of that logger and level pass.
inline bool all_pass(const Filters& filters, std::string_view logger, int levelno) {
  for (const auto& filter : filters) {
    if (!filter->passes(logger, levelno)) return false;
  }
  return true;
}

/// Whether one of them has to see each record.
inline bool see_records(const Filters& filters) {
  return std::any_of(filters.begin(), filters.end(),
                     [](const auto& filter) { return filter->sees_records(); });
}

/// When a `logging.handlers.MemoryHandler` passes on what it holds.
struct MemoryRule {
  std::int64_t capacity = 0;  // as many records; 0 or less: each at once
  int flush_level = 0;        // a record of this level or above
  bool flush_on_close = true;
  std::size_t max_bytes = 0;  // more than so many, whatever the capacity
};

/// What a handler was made of, for those who made it.
struct Origin {
  virtual ~Origin() = default;
};

/// A handler of the config: level and filters before either a sink with its formatter, or, for a
/// queue or a memory, the handlers behind it; for a NullHandler neither.
struct Handler {
  std::string name;
  mutable int level = 0;    // changed by Router::reroute() alone
  mutable Filters filters;  // as the level

  std::shared_ptr<format::Formatter> formatter;
  std::string terminator = "\n";
  /// What stands in front of a line, by the name of its record's level; none: nothing.
  std::function<std::string(std::string_view level_name)> opening;
  std::shared_ptr<sink::Sink> sink;

  std::vector<std::shared_ptr<const Handler>> members;
  bool respect_handler_level = false;  // of the members
  std::optional<MemoryRule> memory;    // then one member, the target
  std::shared_ptr<const Origin> origin;
};

/// Levels that handlers are to have from now on.
using LevelChanges = std::vector<std::pair<std::shared_ptr<const Handler>, int>>;
/// And filters.
using FilterChanges = std::vector<std::pair<std::shared_ptr<const Handler>, Filters>>;

}  // namespace xylem::route
