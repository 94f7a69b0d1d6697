#pragma once

#include <memory>
#include <string>
#include <string_view>
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
  int level = 0;
  Filters filters;

  std::shared_ptr<format::Formatter> formatter;
  std::string terminator = "\n";
  std::shared_ptr<sink::Sink> sink;

  std::vector<std::shared_ptr<const Handler>> members;
  bool respect_handler_level = false;  // of the members
};

}  // namespace xylem::route
