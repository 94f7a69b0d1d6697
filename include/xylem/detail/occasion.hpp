#pragma once

#include <cstdint>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/producer.hpp>

/// Whether a call that is not to log every time is to log this time. Each call site has a state of
/// its own, which all threads share; constant-initialised, so the compiler emits no guard.
namespace xylem::detail {

/// The first call and every nth after it.
class EveryNth {
 public:
  /// With n of 0 or 1: every call.
  bool is_due(std::uint64_t n) noexcept {
    return calls_.fetch_add_relaxed(1) % (n > 1 ? n : 1) == 0;
  }

 private:
  Atomic<std::uint64_t> calls_;
};

/// Nanoseconds of anything shaped like std::chrono::duration, whose header takes longer to compile
/// than all of a log call. Negative ones are none.
template <typename Duration>
constexpr std::uint64_t to_ns(const Duration& duration) noexcept {
  const auto ns = static_cast<long double>(duration.count()) * 1e9L * Duration::period::num /
                  Duration::period::den;
  return ns > 0 ? static_cast<std::uint64_t>(ns) : 0;
}

/// The first call, and then the first once so much time has passed since one was due.
class EveryInterval {
 public:
  template <typename Duration>
  bool is_due(const Duration& interval) noexcept {
    const std::uint64_t now_ns = monotonic_tick();
    std::uint64_t next_ns = next_ns_.load_relaxed();
    // Of threads that come at the same time one replaces what all have seen.
    return now_ns >= next_ns && next_ns_.replace_relaxed(next_ns, now_ns + to_ns(interval));
  }

 private:
  Atomic<std::uint64_t> next_ns_;
};

/// The first call.
class Once {
 public:
  bool is_due() noexcept {
    // After the first call no more than a load: the line stays shared among the processors.
    bool done = done_.load_relaxed();
    return !done && done_.replace_relaxed(done, true);
  }

 private:
  Atomic<bool> done_;
};

}  // namespace xylem::detail
