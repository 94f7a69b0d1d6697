#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace xylem::sink {

/// The seconds in which the lines of a sink were logged, kept as runs of lines of one second: next
/// to nothing beside the lines themselves.
///
/// Thread-safety: note() is the consumer's, take() that of the thread that writes.
class LineTimes {
 public:
  struct Run {
    std::uint64_t first_line;
    std::int64_t second;  // since the epoch
  };

  /// The line of that number comes next.
  void note(std::uint64_t number, std::int64_t time_ns) {
    if (time_ns < begin_ns_ || time_ns >= end_ns_) [[unlikely]]
      begin_run(number, time_ns);
  }

  /// The runs that the lines `first` to `last` belong to, in order; a line before the
  /// first of them was never noted. Those of older lines are forgotten.
  void take(std::uint64_t first, std::uint64_t last, std::vector<Run>& runs);

 private:
  void begin_run(std::uint64_t number, std::int64_t time_ns);

  std::int64_t begin_ns_ = 0;  // of the second of the last run, ...
  std::int64_t end_ns_ = 0;    // ... which are the consumer's alone
  std::mutex mutex_;
  std::deque<Run> runs_;
};

}  // namespace xylem::sink
