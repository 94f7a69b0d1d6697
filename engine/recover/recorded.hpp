#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "recover/leftover.hpp"
#include "route/tree.hpp"

namespace xylem::recover {

/// The records of the crash file that a recorder for so many can have had when it was asked for
/// them, or when the process died.
std::vector<const RecordedRecord*> still_recorded(const Leftover& leftover,
                                                  const std::deque<RecordedRecord>& all,
                                                  std::size_t most);

/// Follows what flight recorders do while records are delivered, each passed on at once: which are
/// kept, and which of these would have been forgotten before anybody asked. The death of the
/// process asks for all.
class RecordedSince {
 public:
  explicit RecordedSince(const route::Tree& tree) : tree_{tree}, kept_(tree.recorders.size()) {}

  /// The recorder keeps the record of that number. One that comes from its ring as well counts
  /// there.
  void keep(std::size_t recorder, std::uint64_t number, bool counts);
  /// All that it has kept is written.
  void fire(std::size_t recorder) { kept_[recorder].clear(); }

  std::optional<std::size_t> recorder_of(std::uint64_t number) const;
  const std::unordered_set<std::uint64_t>& forgotten() const { return forgotten_; }

 private:
  const route::Tree& tree_;
  std::vector<std::deque<std::uint64_t>> kept_;  // by recorder
  std::unordered_map<std::uint64_t, std::size_t> recorders_;
  std::unordered_set<std::uint64_t> forgotten_;
};

}  // namespace xylem::recover
