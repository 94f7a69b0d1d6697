#pragma once

#include <memory>
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

/// A handler of the config: level and filters before either a sink with its formatter, or, for a
/// queue, the handlers behind it; for a NullHandler neither.
struct Handler {
  std::string name;
  mutable int level = 0;  // changed by Router::reroute() alone
  Filters filters;

  std::shared_ptr<format::Formatter> formatter;
  std::string terminator = "\n";
  std::shared_ptr<sink::Sink> sink;

  std::vector<std::shared_ptr<const Handler>> members;
  bool respect_handler_level = false;  // of the members
};

/// Levels that handlers are to have from now on.
using LevelChanges = std::vector<std::pair<std::shared_ptr<const Handler>, int>>;

}  // namespace xylem::route
