#include "sink/rollover_timer.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <utility>

namespace xylem::sink {

std::int64_t system_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

RolloverTimer::RolloverTimer(const RolloverSchedule::Options& options, SecondsClock now_s,
                             std::int64_t begin_s, const RolloverSchedule::Options& first)
    : schedule_{options},
      now_s_{now_s ? std::move(now_s) : SecondsClock{system_seconds}},
      rollover_s_{RolloverSchedule{first}.next(begin_s)},
      line_s_{begin_s} {}

bool RolloverTimer::may_be_due(const LineBuffer& lines) {
  if (lines.empty()) return false;
  const std::uint64_t first = lines.first_line();
  times_.take(first, lines.next_line() - 1, runs_);
  const auto is_late = [this](const LineTimes::Run& run) {
    return static_cast<double>(run.second) >= rollover_s_;
  };
  if (std::any_of(runs_.begin(), runs_.end(), is_late)) return true;
  const bool has_unnoted = runs_.empty() || first < runs_.front().first_line;
  return has_unnoted && static_cast<double>(now_s_()) >= rollover_s_;
}

bool RolloverTimer::is_due(std::uint64_t number) {
  const auto next = std::upper_bound(
      runs_.begin(), runs_.end(), number,
      [](std::uint64_t n, const LineTimes::Run& run) { return n < run.first_line; });
  line_s_ = next == runs_.begin() ? now_s_() : std::prev(next)->second;
  return static_cast<double>(line_s_) >= rollover_s_;
}

}  // namespace xylem::sink
