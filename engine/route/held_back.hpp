#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "record/view.hpp"
#include "route/note.hpp"

namespace xylem::route {

/// Counts what a filter holds back until it is told.
class HeldBackCount {
 public:
  /// @param filter      the filter's name, for people
  /// @param period_ns   told once in that time, so that nobody is told of each record instead
  HeldBackCount(std::string filter, std::int64_t period_ns)
      : filter_{std::move(filter)}, period_ns_{period_ns} {}

  void add(const record::View& view);
  void add(HeldBack of, std::uint64_t count, std::int64_t time_ns);

  std::optional<Note> take_note(std::int64_t now_ns, bool is_end);

 private:
  std::string filter_;
  std::int64_t period_ns_;
  std::int64_t since_ns_ = 0;
  std::uint64_t count_ = 0;
  HeldBack most_important_;
};

}  // namespace xylem::route
