#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sink/line_buffer.hpp"
#include "sink/line_times.hpp"
#include "sink/rollover_schedule.hpp"

namespace xylem::sink {

/// Seconds since the epoch.
using SecondsClock = std::function<std::int64_t()>;

std::int64_t system_seconds();

/// Tells before which line a file rolls. The time of a line is that of its log call, which is when
/// CPython, which writes it at once, would look at the clock. Lines whose time nobody noted
/// (recovered ones) are of now.
///
/// Thread-safety: note() is the consumer's, the rest that of the thread that writes.
class RolloverTimer {
 public:
  /// `begin_s`: when the file was written last; now, when there was none.
  RolloverTimer(const RolloverSchedule::Options& options, SecondsClock now_s, std::int64_t begin_s)
      : RolloverTimer(options, std::move(now_s), begin_s, options) {}

  /// `first`: the schedule that tells the first rollover.
  RolloverTimer(const RolloverSchedule::Options& options, SecondsClock now_s, std::int64_t begin_s,
                const RolloverSchedule::Options& first);

  /// The line of that number comes next.
  void note(std::uint64_t number, std::int64_t time_ns) { times_.note(number, time_ns); }

  /// Whether a line of these is late enough: looks at all of them at once, and must come before
  /// is_due().
  bool may_be_due(const LineBuffer& lines);

  /// Whether the file is to roll before the line of that number.
  bool is_due(std::uint64_t number);

  /// The name for a file that rolls before the line that was asked about last.
  std::string suffix() const { return schedule_.suffix(rollover_s_, line_s_); }
  bool is_suffix(std::string_view text) const { return schedule_.is_suffix(text); }

  /// The file has rolled before that line, or is not to.
  void advance() { rollover_s_ = schedule_.next(line_s_); }

  /// When that line was logged.
  std::int64_t line_s() const { return line_s_; }

 private:
  RolloverSchedule schedule_;
  SecondsClock now_s_;
  double rollover_s_;
  std::int64_t line_s_;
  LineTimes times_;
  std::vector<LineTimes::Run> runs_;  // of the lines at hand
};

}  // namespace xylem::sink
