#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "../kill/record.hpp"

namespace soak {

using kill_test::Kind;
using kill_test::lane_count;

inline constexpr kill_test::Sizes sizes = kill_test::Sizes::mixed;

/// Numbers of a lane's records: first to last, both included.
using Gaps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

/// What one handler writes, read in the order in which it was written. A thread's records are in
/// order, so what is missing shows as a gap, and nothing else needs to be remembered. Thread-safe
/// but for the queries, which are for the end.
class Output {
 public:
  Output(std::string name, bool (*takes)(Kind));

  /// Whole lines, behind which 64 bytes can be read.
  void read(std::string_view text);

  /// All files of a rotation, oldest first; removes them.
  void take_files(const std::string& path);

  /// After the last line, with the number of calls of each lane.
  void finish(const std::array<std::uint64_t, lane_count>& calls);

  std::uint64_t lines() const { return lines_; }
  /// Records that lines tell were dropped.
  std::uint64_t told_drops() const { return told_drops_; }
  std::uint64_t wrong() const { return wrong_; }
  const std::string& first_wrong() const { return first_wrong_; }

  /// The number behind the last one of a lane that was read.
  std::uint64_t next(std::uint64_t lane) const;
  /// Moves out the gaps of a lane below a number.
  void take_gaps(std::uint64_t lane, std::uint64_t below, Gaps& into);

 private:
  void line(std::string_view text);
  bool is_drop_notice(const simdjson::dom::object& line);
  void skip(std::uint64_t lane, std::uint64_t from, std::uint64_t to);

  std::string name_;
  bool (*takes_)(Kind);
  simdjson::dom::parser parser_;
  std::array<std::uint64_t, lane_count> next_;
  std::array<std::deque<Gaps::value_type>, lane_count> gaps_;
  mutable std::mutex mutex_;
  std::uint64_t lines_ = 0;
  std::uint64_t told_drops_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
};

/// How many records at least one of the outputs lacks, of those that all have come past since the
/// last time. So gaps, of which drops make many, do not pile up.
std::uint64_t count_missing(const std::vector<Output*>& outputs);

}  // namespace soak
