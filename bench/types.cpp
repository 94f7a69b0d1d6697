// What a call with a structured argument costs its thread, beside the message that a program would
// make by hand, and beside three plain numbers. Bursts that fit a ring, the median of many.

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <xylem/xylem.hpp>

#include "percentiles.hpp"

namespace {

struct Point {
  double x;
  double y;
  int id;
};
XYLEM_DESCRIBE(Point, x, y, id)

constexpr int calls_per_burst = 256;

template <typename Call>
void measure(const char* name, Call call) {
  using Clock = std::chrono::steady_clock;
  xylem::bench::Percentiles samples;
  for (int burst = 0; burst < 2000; ++burst) {
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < calls_per_burst; ++i) call(i);
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    samples.add(took.count() / calls_per_burst);
    xylem::flush();
  }
  std::printf("%-40s %7.1f ns a call\n", name, samples.at(0.5));
}

}  // namespace

int main() {
  xylem::configure(R"-({"version": 1, "formatters": {"json": {"()": "xylem.JsonFormatter"
}
}
,
    "handlers"
    : {"null" : {"class" : "logging.FileHandler", "filename" : "/dev/null", "formatter" : "json"}},
      "root" : {
  "level" : "INFO", "handlers" : ["null"]
}
})-");
  const xylem::Logger log = xylem::get_logger("bench");
  std::vector<int> numbers{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<std::string> texts{"alpha", "beta", "gamma", "delta"};

  measure("three numbers", [&](int i) { XYLEM_INFO(log, "{} {} {}", i, 2L, 0.5); });
  measure("a described struct of three numbers", [&](int i) {
    XYLEM_INFO(log, "{}", Point{0.5, 2, i});
  });
  measure("the same by fmt::format", [&](int i) {
    XYLEM_INFO(log, "{}", fmt::format("Point{{x: {}, y: {}, id: {}}}", 0.5, 2.0, i));
  });
  measure("a vector of 8 ints", [&](int i) {
    numbers[0] = i;
    XYLEM_INFO(log, "{}", numbers);
  });
  measure("the same by fmt::format", [&](int i) {
    numbers[0] = i;
    XYLEM_INFO(log, "{}", fmt::format("{}", numbers));
  });
  measure("a vector of 4 strings", [&](int) { XYLEM_INFO(log, "{}", texts); });
  measure("the same by fmt::format", [&](int) { XYLEM_INFO(log, "{}", fmt::format("{}", texts)); });
  return 0;
}
