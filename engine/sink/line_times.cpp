#include "sink/line_times.hpp"

#include <algorithm>
#include <iterator>

namespace xylem::sink {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

void LineTimes::begin_run(std::uint64_t number, std::int64_t time_ns) {
  const std::int64_t second = time_ns / second_ns - (time_ns % second_ns < 0 ? 1 : 0);
  begin_ns_ = second * second_ns;
  end_ns_ = begin_ns_ + second_ns;
  const std::lock_guard lock{mutex_};
  // A line that was taken back has left its number to the next one.
  while (!runs_.empty() && runs_.back().first_line >= number) runs_.pop_back();
  runs_.push_back({number, second});
}

void LineTimes::take(std::uint64_t first, std::uint64_t last, std::vector<Run>& runs) {
  const std::lock_guard lock{mutex_};
  const auto is_before = [](std::uint64_t number, const Run& run) {
    return number < run.first_line;
  };
  auto begin = std::upper_bound(runs_.begin(), runs_.end(), first, is_before);
  if (begin != runs_.begin()) --begin;
  runs_.erase(runs_.begin(), begin);
  runs.assign(runs_.begin(), std::upper_bound(runs_.begin(), runs_.end(), last, is_before));
}

}  // namespace xylem::sink
