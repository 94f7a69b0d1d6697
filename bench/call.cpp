// What a log call costs the thread that makes it: bursts of calls with a pause after each, so that
// the consumer keeps up, beside bursts that read the time stamp counter and do nothing else, which
// no logger with time stamps of its own can beat.

#include <cstdint>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include <xylem/xylem.hpp>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "percentiles.hpp"
#include "support.hpp"

namespace xylem::bench {
namespace {

constexpr std::int64_t bursts = 30'000;
constexpr int warm_up_bursts = 2'000;
constexpr double pause_ns = 5'000;

#if defined(__x86_64__)
std::uint64_t tick() {
  return __rdtsc();
}

/// The fences keep the work that is timed from leaking out of the burst on either side.
std::uint64_t fenced_tick() {
  _mm_lfence();
  const std::uint64_t now = __rdtsc();
  _mm_lfence();
  return now;
}
#else
std::uint64_t tick() {
  return detail::monotonic_tick();
}

std::uint64_t fenced_tick() {
  return tick();
}
#endif

double measure_ns_per_tick() {
  constexpr std::uint64_t span_ns = 20'000'000;
  const std::uint64_t begin_ns = detail::monotonic_tick();
  const std::uint64_t begin = tick();
  while (detail::monotonic_tick() - begin_ns < span_ns) {
  }
  return static_cast<double>(detail::monotonic_tick() - begin_ns) /
         static_cast<double>(tick() - begin);
}

double ns_per_tick() {
  static const double rate = measure_ns_per_tick();
  return rate;
}

void pause() {
  const auto ticks = static_cast<std::uint64_t>(pause_ns / ns_per_tick());
  const std::uint64_t begin = tick();
  while (tick() - begin < ticks) {
#if defined(__x86_64__)
    _mm_pause();
#endif
  }
}

/// Ticks of `count` calls of `body` in a row, fences included.
template <typename Body>
std::uint64_t burst(int count, Body&& body) {
  const std::uint64_t begin = fenced_tick();
  for (int i = 0; i < count; ++i) body(i);
  return fenced_tick() - begin;
}

/// Ticks of a burst of nothing: what the measurement itself adds to each.
double empty_burst_ticks() {
  Percentiles empty;
  for (int i = 0; i < 1'000; ++i) {
    empty.add(static_cast<double>(burst(0, [](int) {})));
  }
  return empty.at(0.5);
}

/// Bursts of the clock and bursts of calls in turn: whatever the machine does, it does to both.
template <int calls, typename Body>
void measure(benchmark::State& state, Body&& body) {
  // A new ring, made under the configuration of this case.
  set_thread_name("bench");
  const double empty_ticks = empty_burst_ticks();
  const auto ns_per_call = [&](std::uint64_t ticks) {
    return (static_cast<double>(ticks) - empty_ticks) * ns_per_tick() / calls;
  };
  for (int i = 0; i < warm_up_bursts; ++i) {
    pause();
    burst(calls, body);
  }
  Percentiles floor;
  Percentiles cost;
  for (auto _ : state) {
    pause();
    floor.add(ns_per_call(burst(calls, [](int) { benchmark::DoNotOptimize(tick()); })));
    pause();
    const double ns = ns_per_call(burst(calls, body));
    cost.add(ns);
    state.SetIterationTime(ns * calls * 1e-9);
  }
  flush();
  state.counters["clock_p50_ns"] = floor.at(0.5);
  state.counters["p50_ns"] = cost.at(0.5);
  state.counters["p99_ns"] = cost.at(0.99);
  state.counters["p99.9_ns"] = cost.at(0.999);
  state.counters["p50/clock"] = cost.at(0.5) / floor.at(0.5);
  state.counters["p99/clock"] = cost.at(0.99) / floor.at(0.5);
}

constexpr int usual_burst = 20;
/// A disabled call is so short that 20 of them cannot be told from none.
constexpr int long_burst = 1'000;

/// Small and soon overwritten: the disk is not what is measured here.
void configure_for_calls(const ScratchDirectory& directory, std::string_view level = "DEBUG",
                         std::string_view clock = "tsc") {
  configure(to_json({.file = directory / "call.jsonl",
                     .max_bytes = std::int64_t{8} << 20,
                     .backup_count = 1,
                     .root_level = level,
                     .clock = clock}));
}

void three_numbers(benchmark::State& state, std::string_view clock) {
  const ScratchDirectory directory;
  configure_for_calls(directory, "DEBUG", clock);
  const Logger log = get_logger("bench.call");
  measure<usual_burst>(state,
                       [log](int i) { XYLEM_INFO(log, "a {} b {} c {}", i, i * 977, i * 0.25); });
  shutdown();
}

void three_numbers_macro_free(benchmark::State& state) {
  const ScratchDirectory directory;
  configure_for_calls(directory);
  const Logger log = get_logger("bench.call");
  measure<usual_burst>(state, [log](int i) { log.info("a {} b {} c {}", i, i * 977, i * 0.25); });
  shutdown();
}

void string_and_field(benchmark::State& state) {
  const ScratchDirectory directory;
  configure_for_calls(directory);
  const Logger log = get_logger("bench.call");
  const std::string name(40, 'n');
  measure<usual_burst>(
      state, [&](int i) { XYLEM_INFO(log, "user {} logged in", name, field("user_id", i)); });
  shutdown();
}

void disabled_level(benchmark::State& state) {
  const ScratchDirectory directory;
  configure_for_calls(directory, "WARNING");
  const Logger log = get_logger("bench.call");
  measure<long_burst>(state, [&log](int i) {
    benchmark::DoNotOptimize(&log);
    XYLEM_INFO(log, "a {} b {} c {}", i, i * 977, i * 0.25);
  });
  shutdown();
}

void add(benchmark::internal::Benchmark* it) {
  // A count instead of a span of time: most of a burst's time is its pause.
  it->Iterations(bursts)->UseManualTime();
}

BENCHMARK_CAPTURE(three_numbers, tsc, "tsc")->Apply(add);
BENCHMARK_CAPTURE(three_numbers, system_clock, "system")->Apply(add);
BENCHMARK(three_numbers_macro_free)->Apply(add);
BENCHMARK(string_and_field)->Apply(add);
BENCHMARK(disabled_level)->Apply(add);

}  // namespace
}  // namespace xylem::bench
