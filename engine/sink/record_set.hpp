#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xylem::sink {

/// Record numbers first..last, both ends included.
struct RecordRange {
  std::uint64_t first;
  std::uint64_t last;

  bool operator==(const RecordRange&) const = default;
};

/// A set of record numbers kept as sorted, disjoint, non-touching ranges. It counts a record once
/// however many sinks lost it. Not thread-safe.
class RecordSet {
 public:
  /// Adds one number; constant time when it is not below the set's last range.
  void insert(std::uint64_t record) { insert(RecordRange{record, record}); }

  /// Adds first..last; throws std::invalid_argument when last < first.
  void insert(RecordRange range);

  /// Adds what `other` holds as ranges (not what it has settled); linear in both.
  void merge(const RecordSet& other);

  /// Turns every member that is below `next` and in none of the `undecided` ranges into a mere
  /// count, which gives its memory back. The caller promises that no such number is inserted again:
  /// `undecided` is what any sink still holds, `next` the next record to be handled.
  void settle(std::span<const RecordRange> undecided, std::uint64_t next);

  /// Distinct numbers ever inserted, settled ones included.
  std::uint64_t size() const { return settled_ + unsettled_; }

  bool empty() const { return size() == 0; }

  /// The members that are still known one by one, in ascending order.
  const std::vector<RecordRange>& ranges() const { return ranges_; }

  /// Forgets everything, the settled count too.
  void clear();

 private:
  void append(RecordRange range);

  std::vector<RecordRange> ranges_;
  std::uint64_t settled_ = 0;
  std::uint64_t unsettled_ = 0;
};

}  // namespace xylem::sink
