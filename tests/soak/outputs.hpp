#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "../kill/record.hpp"

namespace soak {

using kill_test::Kind;
using kill_test::lane_count;

inline constexpr kill_test::Sizes sizes = kill_test::Sizes::mixed;

/// Record numbers of each lane that are missing somewhere, as first -> last.
using Missing = std::array<std::map<std::uint64_t, std::uint64_t>, lane_count>;

/// What one handler writes, read in the order in which it was written. A thread's records are in
/// order, so what is missing shows as a gap, and nothing else needs to be remembered.
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
  const Missing& missing() const { return missing_; }

 private:
  void line(std::string_view text);
  bool is_drop_notice(const simdjson::dom::object& line);
  void skip(std::uint64_t lane, std::uint64_t from, std::uint64_t to);

  std::string name_;
  bool (*takes_)(Kind);
  simdjson::dom::parser parser_;
  std::array<std::uint64_t, lane_count> next_;
  Missing missing_;
  std::uint64_t lines_ = 0;
  std::uint64_t told_drops_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
};

/// How many records at least one of the outputs lacks.
std::uint64_t count_missing(const std::vector<const Output*>& outputs);

}  // namespace soak
