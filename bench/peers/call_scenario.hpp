#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocations.hpp"
#include "floor_call.hpp"
#include "percentiles.hpp"
#include "timing.hpp"

/// What a log call costs the thread that makes it: bursts of calls with a pause after each, so that
/// the engine's own thread keeps up, beside bursts that read the clock and do nothing else, which
/// no engine with time stamps of its own can beat.
namespace xylem::bench {

/// All in ns a call; what the measurement itself takes is subtracted.
struct CallTimes {
  Percentiles clock;   // reading the clock: the mean of a burst
  Percentiles floor;   // the least that a call can do: the mean of a burst
  Percentiles shared;  // the same while another thread reads the slots; not of cold calls
  Percentiles burst;   // the mean of a burst
  Percentiles single;  // each call by itself
  double allocations_per_call = 0;
};

inline constexpr double pause_between_bursts_ns = 5'000;

/// Ticks of `calls` calls of `body` in a row, fences included. Not inlined: warm-up, measurement
/// and the empty bursts run the same code.
template <typename Body>
[[gnu::noinline]] std::uint64_t burst(std::int64_t calls, std::int64_t first, Body& body) {
  const std::uint64_t begin = fenced_tick();
  for (std::int64_t i = 0; i < calls; ++i) body(first + i);
  return fenced_tick() - begin;
}

/// Ticks of a burst of nothing: what the measurement itself adds to each.
template <typename Body>
double empty_burst_ticks(Body& body) {
  constexpr int samples = 1'001;
  Percentiles empty;
  for (int i = 0; i < samples; ++i) empty.add(static_cast<double>(burst(0, 0, body)));
  return empty.at(0.5);
}

/// The measurements of one body of code. Every call of it gets another number, counting from 0.
template <typename Body>
class CallTimer {
 public:
  explicit CallTimer(Body body) : body_{body}, empty_ticks_{empty_burst_ticks(body_)} {}

  /// How often the body has been called.
  std::int64_t calls() const { return calls_; }

  /// `bursts` of `size` calls. Bursts of the clock and of calls in turn: whatever the machine does,
  /// it does to both.
  CallTimes time_bursts(std::int64_t bursts, std::int64_t size, std::int64_t singles) {
    CallTimes times;
    time_shared_floor(times.shared, bursts, size);
    for (std::int64_t i = 0; i < bursts / 10 + 1; ++i) {
      pause_ns(pause_between_bursts_ns);
      run(size);
    }
    times.clock.reserve(static_cast<std::size_t>(bursts));
    times.burst.reserve(static_cast<std::size_t>(bursts));
    times.floor.reserve(static_cast<std::size_t>(bursts));
    const std::uint64_t allocated_before = allocated_;
    for (std::int64_t i = 0; i < bursts; ++i) {
      pause_ns(pause_between_bursts_ns);
      times.floor.add(ns_per_call(burst(size, 0, floor_), size));
      pause_ns(pause_between_bursts_ns);
      times.clock.add(ns_per_call(burst(size, 0, read_clock_), size));
      pause_ns(pause_between_bursts_ns);
      times.burst.add(ns_per_call(run(size), size));
    }
    times.allocations_per_call =
        static_cast<double>(allocated_ - allocated_before) / static_cast<double>(bursts * size);
    time_singles(times.single, bursts, singles);
    return times;
  }

  /// Single calls, each after `cold_bytes` have been read and written: more than the second-level
  /// cache holds. The clock likewise.
  CallTimes time_cold_calls(std::int64_t count) {
    constexpr std::size_t cold_bytes = std::size_t{8} << 20;
    std::vector<unsigned char> memory(cold_bytes);
    run(1);
    CallTimes times;
    const std::uint64_t allocated_before = allocated_;
    for (std::int64_t i = 0; i < count; ++i) {
      walk(memory);
      times.clock.add(ns_per_call(burst(1, 0, read_clock_), 1));
      walk(memory);
      times.floor.add(ns_per_call(burst(1, 0, floor_), 1));
      walk(memory);
      times.burst.add(ns_per_call(run(1), 1));
    }
    times.allocations_per_call =
        static_cast<double>(allocated_ - allocated_before) / static_cast<double>(count);
    times.single = times.burst;  // a cold burst is a single call
    return times;
  }

 private:
  struct ReadClock {
    void operator()(std::int64_t) const { keep(tick()); }
  };

  static void walk(std::vector<unsigned char>& memory) {
    constexpr std::size_t line_bytes = 64;
    for (std::size_t at = 0; at < memory.size(); at += line_bytes) ++memory[at];
    keep(memory.data());
  }

  double ns_per_call(std::uint64_t ticks, std::int64_t calls) const {
    return (static_cast<double>(ticks) - empty_ticks_) * ns_per_tick() / static_cast<double>(calls);
  }

  std::uint64_t run(std::int64_t size) {
    const std::uint64_t before = allocations_of_this_thread();
    const std::uint64_t ticks = burst(size, calls_, body_);
    allocated_ += allocations_of_this_thread() - before;
    calls_ += size;
    return ticks;
  }

  /// Before anything is logged, so that the reader has the other processor to itself.
  void time_shared_floor(Percentiles& out, std::int64_t bursts, std::int64_t size) {
    const FloorReader reader{floor_};
    out.reserve(static_cast<std::size_t>(bursts));
    for (std::int64_t i = 0; i < bursts; ++i) {
      pause_ns(pause_between_bursts_ns);
      out.add(ns_per_call(burst(size, 0, floor_), size));
    }
  }

  /// In groups with pauses between them, as before.
  void time_singles(Percentiles& out, std::int64_t groups, std::int64_t size) {
    out.reserve(static_cast<std::size_t>(groups * size));
    for (std::int64_t i = 0; i < groups; ++i) {
      pause_ns(pause_between_bursts_ns);
      for (std::int64_t k = 0; k < size; ++k) out.add(ns_per_call(run(1), 1));
    }
  }

  Body body_;
  ReadClock read_clock_;
  FloorCall floor_;
  double empty_ticks_;
  std::int64_t calls_ = 0;
  std::uint64_t allocated_ = 0;
};

}  // namespace xylem::bench
