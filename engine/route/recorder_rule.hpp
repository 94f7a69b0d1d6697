#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "route/filter.hpp"

namespace xylem::route {

/// A flight recorder of the config: keeps the newest records of a logger and those below it that
/// their levels hold back, until an important one comes.
struct RecorderRule {
  std::string logger;         // "root": all
  std::size_t records = 256;  // at most; 0: passes on each at once
  int level = 10;             // what is below is not made at all
  int trigger = 40;           // a record of this level or above has all of them written
  std::size_t max_bytes = 0;  // more than so many, and the oldest go whatever their number

  bool covers(std::string_view name) const { return logger == "root" || is_within(name, logger); }
};

}  // namespace xylem::route
