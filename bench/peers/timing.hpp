#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/// Clocks for spans of nanoseconds, and for whole runs.
namespace xylem::bench {

#if defined(__x86_64__)
inline std::uint64_t tick() {
  return __rdtsc();
}

/// The fences keep the work that is timed from leaking out of the span on either side.
inline std::uint64_t fenced_tick() {
  _mm_lfence();
  const std::uint64_t now = __rdtsc();
  _mm_lfence();
  return now;
}

inline void relax() {
  _mm_pause();
}
#else
inline std::uint64_t tick() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t fenced_tick() {
  return tick();
}

inline void relax() {}
#endif

/// The value is needed, and memory may have changed: nothing is left out or moved out of a loop.
template <typename T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

inline double measure_ns_per_tick() {
  using Clock = std::chrono::steady_clock;
  constexpr auto span = std::chrono::milliseconds{20};
  const Clock::time_point begin = Clock::now();
  const std::uint64_t first = tick();
  while (Clock::now() - begin < span) {
  }
  const std::uint64_t ticks = tick() - first;
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() /
         static_cast<double>(ticks);
}

inline double ns_per_tick() {
  static const double rate = measure_ns_per_tick();
  return rate;
}

/// Busy: a thread that slept would wake with other caches, on another core, at another frequency.
inline void pause_ns(double span_ns) {
  const auto ticks = static_cast<std::uint64_t>(span_ns / ns_per_tick());
  const std::uint64_t begin = tick();
  while (tick() - begin < ticks) relax();
}

/// User and system time of all threads of the process.
inline double cpu_s() {
  timespec spent;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

}  // namespace xylem::bench
