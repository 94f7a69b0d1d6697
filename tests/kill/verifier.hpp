#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "journal.hpp"
#include "record.hpp"

namespace kill_test {

struct Verdict {
  std::uint64_t records = 0;
  std::uint64_t lost = 0;     // the call had returned, no line tells of it
  std::uint64_t doubled = 0;  // lines too many
  std::uint64_t torn = 0;     // lines that nobody logged like that, whole or in part
  std::uint64_t misplaced =
      0;  // behind a later record of the same thread, or dated before an earlier one
  std::vector<std::string> examples;  // of each, for people

  bool good() const { return lost + doubled + torn + misplaced == 0; }
  Verdict& operator+=(const Verdict& other);
};

/// What all lives together have logged.
struct History {
  Sizes sizes = Sizes::mixed;
  bool has_attributes = false;
  std::array<std::uint64_t, lane_count>
      finished{};  // calls that have returned, those of `doubtful` apart
  std::array<std::vector<std::uint64_t>, lane_count>
      doubtful;  // calls that the death of their process cut short
  std::map<std::uint32_t, std::int64_t> processes;  // ids, by life
};

/// Reads the lines of one handler and compares them with what was logged.
class Verifier {
 public:
  Verifier(const History& history, bool (*takes)(Kind)) : history_{history}, takes_{takes} {}

  /// The next file in the order in which they were written.
  void read(const std::string& path);

  /// A text behind which 64 bytes can be read; where it is from, for people.
  void read(std::string_view text, const std::string& source);

  /// After the last file.
  Verdict finish();

 private:
  struct Line;
  struct Seen {
    std::vector<std::uint8_t> times;  // by number
    std::uint64_t last = 0;
    std::uint64_t life = 0;
    std::string timestamp;
  };

  void line(std::string_view text);
  /// What is wrong with a line, or null.
  const char* fault_of(const simdjson::dom::object& line, std::uint64_t lane, std::uint64_t number,
                       std::uint64_t life) const;
  void place(Seen& seen, std::uint64_t number, std::uint64_t life, std::string_view timestamp);
  void complain(std::uint64_t& counter, const char* what, std::string_view text);

  const History& history_;
  bool (*takes_)(Kind);
  simdjson::dom::parser parser_;
  std::array<Seen, lane_count> seen_;
  Verdict verdict_;
  std::string source_;
  std::uint64_t line_number_ = 0;
};

}  // namespace kill_test
