#pragma once

#include <cstdint>
#include <string_view>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/slot.hpp>

namespace xylem::route {
class CallSampler;
}  // namespace xylem::route

namespace xylem::detail {

/// What all handles of one logger share. Lives as long as the process: a record may name its id
/// long after the last handle is gone.
struct LoggerState {
  Atomic<int> threshold;  // the lowest level number that passes; written by configuration
  std::uint64_t header;   // the id where a record's header has it
  std::string_view name;
  Atomic<route::CallSampler*> sampler{};  // set before the threshold says that it is asked

  std::uint32_t id() const { return HeaderView{header}.logger(); }
};

/// The threshold of a logger whose calls are sampled: beyond all levels, so that only calls that
/// would not log see it.
inline constexpr int sampled_threshold = (1 << 30) + 1;

/// Whether this call of a sampled logger is to log; it counts. `file` and `line` tell call sites
/// apart. Thread-safe.
[[gnu::cold]] bool is_sampled(const LoggerState& logger, int level, const char* file,
                              std::uint32_t line) noexcept;

/// Whether calls of that level are to log at times.
[[gnu::cold]] bool might_be_sampled(const LoggerState& logger, int level) noexcept;

/// The level's check of a call: one relaxed load, and a second look if it would not log.
[[gnu::always_inline]] inline bool lets(const LoggerState& logger, int level, const char* file,
                                        std::uint32_t line) noexcept {
  const int threshold = logger.threshold.load_relaxed();
  return level >= threshold ||
         (threshold == sampled_threshold && is_sampled(logger, level, file, line));
}

/// The same without a call that counts.
[[gnu::always_inline]] inline bool might_let(const LoggerState& logger, int level) noexcept {
  const int threshold = logger.threshold.load_relaxed();
  return level >= threshold || (threshold == sampled_threshold && might_be_sampled(logger, level));
}

/// The state of the logger of that name; made on first use. Thread-safe.
LoggerState& logger_state(std::string_view name);

}  // namespace xylem::detail
