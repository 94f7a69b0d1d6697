#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <xylem/xylem.hpp>

#include "percentiles.hpp"

namespace xylem::bench {

/// Cases a burst each in turn, so that whatever else the machine does meets all of them alike. The
/// first one is what the others are told as multiples of: figures of different runs say little
/// about each other. A burst has to fit the ring.
class SideBySide {
 public:
  /// `log(calls)` makes so many calls.
  void add(std::string name, std::function<void(int)> log) {
    cases_.push_back({std::move(name), std::move(log), {}, {}});
  }

  /// What a call takes its thread, and what call and line take until flush() has returned: medians.
  void run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      // Else the first case alone would pay for what the last one did to the caches.
      warm_up(cases_.front());
      for (Case& one : cases_) run(one);
    }
    const double call_ns = cases_.front().calls.at(0.5);
    const double line_ns = cases_.front().lines.at(0.5);
    std::printf("%-44s %6.1f ns a call, %7.1f ns until written\n", cases_.front().name.c_str(),
                call_ns, line_ns);
    for (std::size_t i = 1; i < cases_.size(); ++i) {
      std::printf("%-44s %6.2f times    , %7.2f times\n", cases_[i].name.c_str(),
                  cases_[i].calls.at(0.5) / call_ns, cases_[i].lines.at(0.5) / line_ns);
    }
  }

 private:
  struct Case {
    std::string name;
    std::function<void(int)> log;
    Percentiles calls;
    Percentiles lines;
  };

  static constexpr int calls = 1024;

  static void warm_up(const Case& one) {
    one.log(calls);
    xylem::flush();
  }

  static void run(Case& one) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    one.log(calls);
    const std::chrono::duration<double, std::nano> in_calls = Clock::now() - begin;
    xylem::flush();
    const std::chrono::duration<double, std::nano> in_all = Clock::now() - begin;
    one.calls.add(in_calls.count() / calls);
    one.lines.add(in_all.count() / calls);
  }

  std::vector<Case> cases_;
};

/// How often each case is run: the first argument, or enough for steady medians.
inline int rounds_of(int argc, char** argv) {
  constexpr int usual = 300;
  return argc > 1 ? std::atoi(argv[1]) : usual;
}

}  // namespace xylem::bench
