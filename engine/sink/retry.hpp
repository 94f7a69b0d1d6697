#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace xylem::sink {

/// When to try again something that failed: after `first_ms`, then twice as late each time, up to
/// `longest_ms`. Not thread-safe.
class Retry {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  bool active() const { return at_ms_ != never; }
  bool due(std::int64_t now_ms) const { return at_ms_ == never || now_ms >= at_ms_; }
  std::int64_t at_ms() const { return at_ms_; }

  void failed(std::int64_t now_ms, std::int64_t first_ms, std::int64_t longest_ms) {
    wait_ms_ = std::clamp(wait_ms_ * 2, first_ms, longest_ms);
    at_ms_ = now_ms + wait_ms_;
  }

  /// It still fails, but a part of it went well: the next wait is the first again.
  void start_over() { wait_ms_ = 0; }

  void succeeded() { *this = Retry{}; }

 private:
  std::int64_t at_ms_ = never;
  std::int64_t wait_ms_ = 0;
};

}  // namespace xylem::sink
