#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

namespace xylem::route {

/// Which records of many are enough: each by chance, or by number.
struct SamplingRule {
  double rate = 0.1;             // of 1...
  bool is_by_number = false;     // ...or:
  std::uint64_t first = 0;       // so many of a call site in each period...
  std::uint64_t thereafter = 0;  // ...and then every so-manyth; 0: none
  std::int64_t period_ns = 1'000'000'000;
  int below = std::numeric_limits<int>::max();  // records of this level or above pass

  /// Whether the nth record of a call site in a period is one.
  bool takes(std::uint64_t n) const {
    return n <= first || (thereafter != 0 && (n - first) % thereafter == 0);
  }
  /// Whether one is that has drawn this number.
  bool takes_drawn(std::uint64_t random) const {
    constexpr double range = 18446744073709551616.0;  // 2^64
    return static_cast<double>(random) < rate * range;
  }
};

/// How often each call site has logged in the present period. As in zap's sampler there are so many
/// counters, and call sites that meet in one share it. Thread-safe; of calls at the turn of a
/// period some may count for either.
class SiteCounts {
 public:
  /// The number of this record; the first is 1.
  std::uint64_t count(std::uint64_t site, std::int64_t period) noexcept {
    Slot& slot = slots_[(site * 0x9e3779b97f4a7c15U) >> 54];
    std::int64_t seen = slot.period.load(std::memory_order_relaxed);
    if (seen != period &&
        slot.period.compare_exchange_strong(seen, period, std::memory_order_relaxed)) {
      slot.count.store(0, std::memory_order_relaxed);
    }
    return slot.count.fetch_add(1, std::memory_order_relaxed) + 1;
  }

 private:
  struct Slot {
    std::atomic<std::int64_t> period{std::numeric_limits<std::int64_t>::min()};
    std::atomic<std::uint64_t> count{0};
  };
  std::array<Slot, 1024> slots_;
};

}  // namespace xylem::route
