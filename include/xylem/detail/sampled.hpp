#pragma once

#include <cstdint>

#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/producer.hpp>

/// The level's check of a call, and the way round of calls that are sampled.
namespace xylem::detail {

/// Whether a call of that level may log: one relaxed load. A second one where it would not, and the
/// logger is sampled.
[[gnu::always_inline]] inline bool might_let(const LoggerState& logger, int level) noexcept {
  const int threshold = logger.threshold.load_relaxed();
  return level >= threshold ||
         (threshold == sampled_threshold && level >= logger.sampled_level.load_relaxed());
}

/// The same for a call that goes on to log if so. Calls nobody for a logger that is sampled, since
/// all that the call still needs would have to be saved around that on the fast path, too: the
/// thread's limit is taken away, which sends the call the slow way, and there it asks.
[[gnu::always_inline]] inline bool lets(const LoggerState& logger, int level) noexcept {
  const int threshold = logger.threshold.load_relaxed();
  if (level >= threshold) return true;
  if (threshold == sampled_threshold) [[unlikely]] {
    if (level < logger.sampled_level.load_relaxed()) return false;
    t_producer.end.store_relaxed(0);
    return true;
  }
  return false;
}

/// Asks about a call on the slow way: false, and it is not to log. Gives the thread its limit back.
/// `site` tells call sites apart. True for loggers that are not sampled.
bool is_let(const LoggerState& logger, int level, std::uint64_t site) noexcept;

}  // namespace xylem::detail
