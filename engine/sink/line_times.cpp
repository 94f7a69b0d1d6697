#include "sink/line_times.hpp"

#include <algorithm>
#include <iterator>

namespace xylem::sink {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

void LineTimes::begin_run(std::uint64_t record, std::int64_t time_ns) {
  const std::int64_t second = time_ns / second_ns - (time_ns % second_ns < 0 ? 1 : 0);
  begin_ns_ = second * second_ns;
  end_ns_ = begin_ns_ + second_ns;
  const std::lock_guard lock{mutex_};
  runs_.push_back({record, second});
}

void LineTimes::take(std::uint64_t first, std::uint64_t last, std::vector<Run>& runs) {
  const std::lock_guard lock{mutex_};
  const auto is_before = [](std::uint64_t record, const Run& run) {
    return record < run.first_record;
  };
  auto begin = std::upper_bound(runs_.begin(), runs_.end(), first, is_before);
  if (begin != runs_.begin()) --begin;
  runs_.erase(runs_.begin(), begin);
  runs.assign(runs_.begin(), std::upper_bound(runs_.begin(), runs_.end(), last, is_before));
}

}  // namespace xylem::sink
