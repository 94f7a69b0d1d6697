// What fields of a context and of a bound logger cost the thread that logs, beside the same fields
// given to each call. Bursts that fit a ring, the median of many; and what the consumer makes of
// them, a line at a time.

#include <chrono>
#include <cstdio>
#include <string>

#include <xylem/xylem.hpp>

#include "percentiles.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using xylem::field;

constexpr int calls_per_burst = 256;

/// The call's price, and the time of burst and flush together by the number of its lines.
template <typename Call>
void measure(const char* name, Call call) {
  xylem::bench::Percentiles calls;
  xylem::bench::Percentiles lines;
  for (int burst = 0; burst < 2000; ++burst) {
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < calls_per_burst; ++i) call(i);
    const Clock::time_point called = Clock::now();
    xylem::flush();
    const std::chrono::duration<double, std::nano> in_calls = called - begin;
    const std::chrono::duration<double, std::nano> in_all = Clock::now() - begin;
    calls.add(in_calls.count() / calls_per_burst);
    lines.add(in_all.count() / calls_per_burst);
  }
  std::printf("%-44s %7.1f ns a call, %7.1f ns until written\n", name, calls.at(0.5),
              lines.at(0.5));
}

}  // namespace

int main() {
  xylem::configure(
      R"-({"version": 1, "formatters": {"json": {"()": "xylem.JsonFormatter"}}, )-"
      R"-("handlers": {"null": {"class": "logging.FileHandler", "filename": "/dev/null", )-"
      R"-("formatter": "json"}}, "root": {"level": "INFO", "handlers": ["null"]}})-");
  const xylem::Logger log = xylem::get_logger("bench");
  const std::string id = "8f14e45f-ceea";

  measure("no fields", [&](int i) { XYLEM_INFO(log, "{}", i); });
  measure("two fields in the call",
          [&](int i) { XYLEM_INFO(log, "{}", i, field("request_id", id), field("attempt", 1)); });
  const auto bound = log.with(field("request_id", id), field("attempt", 1));
  measure("two bound fields", [&](int i) { XYLEM_INFO(bound, "{}", i); });
  {
    const xylem::Context context{field("request_id", id), field("attempt", 1)};
    measure("two fields of a context", [&](int i) { XYLEM_INFO(log, "{}", i); });
  }
  measure("a context of its own for each call", [&](int i) {
    const xylem::Context context{field("request_id", id), field("attempt", i)};
    XYLEM_INFO(log, "{}", i);
  });
  measure("a context in which nothing is logged", [&](int i) {
    const xylem::Context context{field("request_id", id), field("attempt", i)};
  });
  return 0;
}
