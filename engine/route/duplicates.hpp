#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "route/elapsed.hpp"
#include "route/filter.hpp"

namespace xylem::route {

struct DuplicateRule {
  std::int64_t window_ns = 0;  // since the first of them
  int below = 0;               // records of this level or above pass
};

/// `xylem.DuplicateFilter`: of records in a row with one logger, level and message the first, then
/// how many have followed. Goes by the records' own times.
class DuplicateFilter final : public Filter {
 public:
  explicit DuplicateFilter(const DuplicateRule& rule) : rule_{rule} {}

  bool passes(std::string_view, int) const override { return true; }
  bool sees_records() const override { return true; }
  bool passes(const record::View& view) const override;
  bool tells() const override { return true; }
  std::optional<Note> take_note(std::int64_t now_ns, bool is_end) const override;

 private:
  /// Records in a row.
  struct Run {
    HeldBack first;
    std::string message;
    std::int64_t begin_ns = 0;
    std::uint64_t repeated = 0;
  };

  static std::optional<Note> note_of(Run& run);
  bool is_over(std::int64_t now_ns) const {
    return elapsed_ns(run_->begin_ns, now_ns) >= rule_.window_ns;
  }

  DuplicateRule rule_;
  mutable std::optional<Run> run_;
  mutable std::optional<Note> note_;  // of the run before
};

}  // namespace xylem::route
