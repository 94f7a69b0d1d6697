#include "recover/recorded.hpp"

#include <algorithm>

namespace xylem::recover {

std::vector<const RecordedRecord*> still_recorded(const Leftover& leftover,
                                                  const std::deque<RecordedRecord>& all,
                                                  std::size_t most) {
  std::vector<const RecordedRecord*> still;
  std::size_t together = 0;  // with the one at hand, those that were written with it
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    const bool is_with_the_last = one != all.rbegin() && one->passed == std::prev(one)->passed;
    together = is_with_the_last ? together + 1 : 1;
    const bool is_written = one->passed != 0 && one->passed < leftover.first_batch;
    if (!is_written && together <= most) still.push_back(&*one);
  }
  std::reverse(still.begin(), still.end());
  return still;
}

void RecordedSince::keep(std::size_t recorder, std::uint64_t number, bool counts) {
  recorders_[number] = recorder;
  if (!counts) return;
  std::deque<std::uint64_t>& kept = kept_[recorder];
  kept.push_back(number);
  if (kept.size() <= tree_.recorders[recorder].records) return;
  forgotten_.insert(kept.front());
  kept.pop_front();
}

std::optional<std::size_t> RecordedSince::recorder_of(std::uint64_t number) const {
  const auto found = recorders_.find(number);
  if (found == recorders_.end()) return std::nullopt;
  return found->second;
}

}  // namespace xylem::recover
