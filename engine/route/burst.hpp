#pragma once

#include <cstdint>
#include <string>

#include "route/filter.hpp"
#include "route/held_back.hpp"

namespace xylem::route {

struct BurstRule {
  std::uint64_t capacity = 0;  // as many at once...
  std::int64_t period_ns = 0;  // ...and as many in that time
  int below = 0;               // records of this level or above pass
};

/// `xylem.BurstFilter`: a token bucket, as Log4j's BurstFilter is. Goes by the records' own times,
/// so that it depends on them alone.
class BurstFilter final : public Filter {
 public:
  BurstFilter(std::string name, const BurstRule& rule);

  bool passes(std::string_view, int) const override { return true; }
  bool sees_records() const override { return true; }
  bool passes(const record::View& view) const override;
  bool tells() const override { return true; }
  std::optional<Note> take_note(std::int64_t now_ns, bool is_end) const override {
    return held_back_.take_note(now_ns, is_end);
  }

 private:
  BurstRule rule_;
  mutable double tokens_;
  mutable std::int64_t filled_ns_ = 0;
  mutable HeldBackCount held_back_;
};

}  // namespace xylem::route
