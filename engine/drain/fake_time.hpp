#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace xylem::drain {

/// The time that tests give records in place of their own.
class FakeTime {
 public:
  void set(std::int64_t time_ns) { time_ns_.store(time_ns, std::memory_order_relaxed); }
  void reset() { set(none); }

  bool is_set() const { return time_ns_.load(std::memory_order_relaxed) != none; }
  std::int64_t or_else(std::int64_t real_ns) const {
    const std::int64_t fake_ns = time_ns_.load(std::memory_order_relaxed);
    return fake_ns != none ? fake_ns : real_ns;
  }

 private:
  static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();
  std::atomic<std::int64_t> time_ns_{none};
};

/// That of all engines of the process. It changes between two records: who sets it flushes first.
inline FakeTime& fake_time() {
  static constinit FakeTime time;
  return time;
}

}  // namespace xylem::drain
