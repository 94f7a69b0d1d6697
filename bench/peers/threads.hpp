#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

#include "timing.hpp"

namespace xylem::bench {

/// What happened while several threads logged.
struct LoggedByThreads {
  std::chrono::steady_clock::time_point begin;  // of the first call
  double cpu_before_s = 0;                      // of the process, when the threads were let go
  double slowest_over_fastest = 1;              // of the times the threads took
};

/// Each thread logs `share` records of three_fields(), numbered as validate() expects them, from
/// its record number `first` on. All are attached to the engine before any of them begins.
template <typename Peer>
void log_share(Peer& peer, int thread, int threads, std::int64_t first, std::int64_t share) {
  for (std::int64_t i = first; i < first + share; ++i) {
    const std::int64_t n = i * threads + thread;
    peer.three_fields(n, n * 977, static_cast<double>(n) * 0.25);
  }
}

template <typename Peer>
LoggedByThreads log_from_threads(Peer& peer, int threads, std::int64_t share) {
  using Clock = std::chrono::steady_clock;
  struct Span {
    Clock::time_point begin;
    Clock::time_point end;
  };
  std::vector<Span> spans(static_cast<std::size_t>(threads));
  std::latch attached{threads};
  std::latch go{1};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t, span = &spans[static_cast<std::size_t>(t)]] {
      peer.attach();
      attached.count_down();
      go.wait();
      const Clock::time_point begin = Clock::now();
      log_share(peer, t, threads, 0, share);
      *span = {begin, Clock::now()};
    });
  }
  attached.wait();
  LoggedByThreads logged;
  logged.cpu_before_s = cpu_s();
  go.count_down();
  for (std::thread& thread : running) thread.join();

  const auto by_begin = [](const Span& a, const Span& b) { return a.begin < b.begin; };
  const auto by_end = [](const Span& a, const Span& b) { return a.end < b.end; };
  logged.begin = std::min_element(spans.begin(), spans.end(), by_begin)->begin;
  const auto [fastest, slowest] = std::minmax_element(spans.begin(), spans.end(), by_end);
  logged.slowest_over_fastest = std::chrono::duration<double>(slowest->end - logged.begin) /
                                std::chrono::duration<double>(fastest->end - logged.begin);
  return logged;
}

}  // namespace xylem::bench
