#pragma once

#include <cstdint>
#include <limits>

namespace xylem::route {

/// The time between two records. Records of several threads overtake each other by little; where
/// the clock was set back, what was begun before is over.
inline std::int64_t elapsed_ns(std::int64_t begin_ns, std::int64_t now_ns) {
  constexpr std::int64_t most_overtaken_ns = 1'000'000'000;
  const std::int64_t elapsed_ns = now_ns - begin_ns;
  return elapsed_ns > -most_overtaken_ns ? elapsed_ns : std::numeric_limits<std::int64_t>::max();
}

}  // namespace xylem::route
