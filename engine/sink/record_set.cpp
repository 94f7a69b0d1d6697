#include "sink/record_set.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace xylem::sink {

namespace {

std::uint64_t count(RecordRange range) {
  return range.last - range.first + 1;
}

// Adjacent ranges become one. Written so that the largest number does not overflow.
bool is_apart(RecordRange left, RecordRange right) {
  return left.last < right.first && right.first - left.last > 1;
}

}  // namespace

void RecordSet::append(RecordRange range) {
  if (ranges_.empty() || is_apart(ranges_.back(), range)) {
    ranges_.push_back(range);
    unsettled_ += count(range);
    return;
  }
  RecordRange& back = ranges_.back();
  if (range.last <= back.last) return;
  unsettled_ += range.last - back.last;
  back.last = range.last;
}

void RecordSet::insert(RecordRange range) {
  if (range.last < range.first) throw std::invalid_argument("a record range that ends first");
  if (ranges_.empty() || range.first >= ranges_.back().first) {
    append(range);
    return;
  }
  const auto begin = std::find_if(ranges_.begin(), ranges_.end(),
                                  [&](RecordRange r) { return !is_apart(r, range); });
  auto end = begin;
  for (; end != ranges_.end() && !is_apart(range, *end); ++end) {
    range.first = std::min(range.first, end->first);
    range.last = std::max(range.last, end->last);
    unsettled_ -= count(*end);
  }
  unsettled_ += count(range);
  if (begin == end) {
    ranges_.insert(begin, range);
  } else {
    *begin = range;
    ranges_.erase(begin + 1, end);
  }
}

void RecordSet::merge(const RecordSet& other) {
  if (other.ranges_.empty()) return;
  if (ranges_.empty() || other.ranges_.front().first >= ranges_.back().first) {
    for (const RecordRange range : other.ranges_) append(range);
    return;
  }
  std::vector<RecordRange> both;
  both.reserve(ranges_.size() + other.ranges_.size());
  std::merge(ranges_.begin(), ranges_.end(), other.ranges_.begin(), other.ranges_.end(),
             std::back_inserter(both),
             [](RecordRange a, RecordRange b) { return a.first < b.first; });
  ranges_.clear();
  unsettled_ = 0;
  for (const RecordRange range : both) append(range);
}

void RecordSet::settle(std::span<const RecordRange> undecided, std::uint64_t next) {
  RecordSet kept_open;
  for (const RecordRange range : undecided) kept_open.insert(range);
  kept_open.insert({next, ~std::uint64_t{0}});

  const std::uint64_t before = unsettled_;
  const std::vector<RecordRange> members = std::exchange(ranges_, {});
  unsettled_ = 0;
  auto open = kept_open.ranges_.cbegin();
  for (const RecordRange member : members) {
    while (open->last < member.first) ++open;  // ends: the last open range has no end
    for (auto o = open; o != kept_open.ranges_.cend() && o->first <= member.last; ++o) {
      append({std::max(o->first, member.first), std::min(o->last, member.last)});
    }
  }
  settled_ += before - unsettled_;
}

void RecordSet::clear() {
  *this = RecordSet{};
}

}  // namespace xylem::sink
