#pragma once

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "allocations.hpp"
#include "call_scenario.hpp"
#include "memory.hpp"
#include "options.hpp"
#include "peer.hpp"
#include "report.hpp"
#include "threads.hpp"
#include "timing.hpp"
#include "validate.hpp"

/// The scenarios, for any engine with an adapter as peer.hpp describes it:
///
///     call        what a call costs the caller; variants: three_numbers (also the default),
///                 string_field, macro_free, disabled, cold
///     throughput  --producers threads log --records records; variant: rotate10, which rotates the
///                 file every 10 MB instead of every 64 MiB
///     memory      16 threads log --records records; how much of the process is in memory
///
/// and in all of them what the engine names as its variants.
namespace xylem::bench {

template <typename Peer>
constexpr bool has_variant(std::string_view variant) {
  if constexpr (requires { Peer::variants; }) {
    return std::ranges::find(Peer::variants, variant) != std::end(Peer::variants);
  } else {
    return false;
  }
}

/// Small and soon overwritten: the disk is not what the call scenario measures.
inline Setup setup_for_calls(const Options& options, const ScratchDirectory& directory) {
  return {.file = directory.path() / "app.log",
          .max_bytes = std::int64_t{8} << 20,
          .backup_count = 1,
          .variant = options.variant,
          .threads = 1};
}

inline Setup setup_for_files(const Options& options, const ScratchDirectory& directory,
                             int threads) {
  constexpr std::int64_t usual_max_bytes = std::int64_t{64} << 20;
  constexpr std::int64_t small_max_bytes = 10'000'000;
  return {.file = directory.path() / "app.log",
          .max_bytes = options.variant == "rotate10" ? small_max_bytes : usual_max_bytes,
          .backup_count = 3,
          .variant = options.variant,
          .threads = threads};
}

/// Times one kind of call and checks what came of it.
template <typename Peer, typename Call>
void run_calls(const Options& options, std::string_view marker, const Call& call) {
  constexpr std::int64_t usual_bursts = 20'000;
  constexpr std::int64_t usual_cold_calls = 4'000;
  constexpr std::int64_t burst_calls = 20;
  // A disabled call is so short that 20 of them cannot be told from none.
  constexpr std::int64_t long_burst_calls = 1'000;
  const bool cold = options.variant == "cold";
  const bool disabled = options.variant == "disabled";
  const std::int64_t calls = cold ? 1 : disabled ? long_burst_calls : burst_calls;
  const std::int64_t bursts = options.bursts > 0 ? options.bursts
                              : cold             ? usual_cold_calls
                                                 : usual_bursts;
  const ScratchDirectory directory{options.directory};
  const Setup setup = setup_for_calls(options, directory);
  Peer peer{setup};
  peer.attach();
  CallTimer timer{[&peer, &call](std::int64_t i) { call(peer, i); }};
  CallTimes times =
      cold ? timer.time_cold_calls(bursts) : timer.time_bursts(bursts, calls, burst_calls);
  peer.finish();
  validate(setup, {.records = disabled ? 0 : timer.calls(),
                   .marker = marker,
                   .json = Peer::writes_json,
                   .producers = 0});

  Report report{Peer::name, options.scenario, options.variant};
  report.count("bursts", bursts);
  report.count("calls_per_burst", calls);
  report.quantiles("clock_ns", times.clock);
  report.quantiles("floor_ns", times.floor);
  if (!cold) report.quantiles("shared_floor_ns", times.shared);
  report.quantiles("burst_ns", times.burst);
  report.quantiles("single_ns", times.single);
  if (counts_allocations) {
    report.number("allocations_per_call", times.allocations_per_call);
  } else {
    report.null("allocations_per_call");
  }
  report.flag("valid", true);
  report.print();
}

template <typename Peer>
void call_scenario(Options options) {
  if (options.variant.empty()) options.variant = "three_numbers";
  const std::string_view variant = options.variant;
  const auto number = [](std::int64_t i) { return static_cast<double>(i) * 0.25; };
  constexpr std::string_view numbers = " b ";
  if (variant == "three_numbers" || variant == "cold" || has_variant<Peer>(variant)) {
    return run_calls<Peer>(options, numbers, [number](Peer& peer, std::int64_t i) {
      peer.three_numbers(static_cast<int>(i), i * 977, number(i));
    });
  }
  if constexpr (requires { &Peer::string_field; }) {
    if (variant == "string_field") {
      return run_calls<Peer>(options, "logged in",
                             [user = std::string(40, 'n')](Peer& peer, std::int64_t i) {
                               peer.string_field(user, static_cast<int>(i));
                             });
    }
  }
  if constexpr (requires { &Peer::macro_free; }) {
    if (variant == "macro_free") {
      return run_calls<Peer>(options, numbers, [number](Peer& peer, std::int64_t i) {
        peer.macro_free(static_cast<int>(i), i * 977, number(i));
      });
    }
  }
  if constexpr (requires { &Peer::disabled; }) {
    if (variant == "disabled") {
      return run_calls<Peer>(options, numbers, [number](Peer& peer, std::int64_t i) {
        peer.disabled(static_cast<int>(i), i * 977, number(i));
        keep(&peer);  // else the level might be looked at once for all calls
      });
    }
  }
  throw Unsupported{"no such variant of call: " + options.variant};
}

template <typename Peer>
void throughput_scenario(const Options& options) {
  constexpr std::int64_t usual_records = 1'000'000;
  const int producers = options.producers;
  const std::int64_t share = (options.records > 0 ? options.records : usual_records) / producers;
  const std::int64_t records = share * producers;
  if (!options.variant.empty() && !has_variant<Peer>(options.variant)) {
    throw Unsupported{"no such variant of throughput: " + options.variant};
  }
  const ScratchDirectory directory{options.directory};
  const Setup setup = setup_for_files(options, directory, producers);
  Peer peer{setup};
  const LoggedByThreads logged = log_from_threads(peer, producers, share);
  peer.finish();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - logged.begin;
  const double cpu = cpu_s() - logged.cpu_before_s;
  const Found found = validate(
      setup,
      {.records = records, .marker = " b ", .json = Peer::writes_json, .producers = producers});

  Report report{Peer::name, options.scenario, options.variant};
  report.count("producers", producers);
  report_throughput(report, {.records = records,
                             .bytes = found.bytes,
                             .wall_s = wall.count(),
                             .cpu_s = cpu,
                             .json = Peer::writes_json,
                             .slowest_over_fastest = logged.slowest_over_fastest});
  report.print();
}

template <typename Peer>
void memory_scenario(const Options& options) {
  constexpr std::int64_t usual_records = 2'000'000;
  constexpr int threads = 16;
  const std::int64_t half = (options.records > 0 ? options.records : usual_records) / (2 * threads);
  const std::int64_t records = 2 * half * threads;
  if (!options.variant.empty() && !has_variant<Peer>(options.variant)) {
    throw Unsupported{"no such variant of memory: " + options.variant};
  }
  const ScratchDirectory directory{options.directory};
  const Setup setup = setup_for_files(options, directory, threads);
  Peer peer{setup};
  const std::int64_t idle_kib = resident_kib();
  // The last to come looks while the others wait: both times in the same state, since a thread that
  // ends brings in code which no other has needed yet.
  std::vector<std::int64_t> met_kib;
  met_kib.reserve(2);
  std::barrier meeting{threads, [&]() noexcept { met_kib.push_back(resident_kib()); }};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      peer.attach();
      log_share(peer, t, threads, 0, half);
      meeting.arrive_and_wait();
      log_share(peer, t, threads, half, half);
      meeting.arrive_and_wait();
    });
  }
  for (std::thread& thread : running) thread.join();
  const std::int64_t peak_kib = peak_resident_kib();
  peer.finish();
  validate(setup,
           {.records = records, .marker = " b ", .json = Peer::writes_json, .producers = threads});

  Report report{Peer::name, options.scenario, options.variant};
  report.count("threads", threads);
  report.count("records", records);
  report.count("rss_idle_kib", idle_kib);
  report.count("rss_half_kib", met_kib.front());
  report.count("rss_end_kib", met_kib.back());
  report.count("peak_kib", peak_kib);
  report.flag("valid", true);
  report.print();
}

/// A measuring program's main().
template <typename Peer>
int run(int count, char** arguments) {
  return run_guarded(Peer::name, count, arguments, [](const Options& options) {
    if (options.scenario == "call") return call_scenario<Peer>(options);
    if (options.scenario == "throughput") return throughput_scenario<Peer>(options);
    if (options.scenario == "memory") return memory_scenario<Peer>(options);
    throw Unsupported{"no such scenario: " + options.scenario};
  });
}

}  // namespace xylem::bench
