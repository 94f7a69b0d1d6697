// What a call with a structured argument costs its thread, beside the message that a program would
// make by hand, and beside three plain numbers. Bursts that fit a ring, the median of many.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
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

struct Celsius {
  int degrees;
};

__extension__ using Wide = unsigned __int128;

}  // namespace

template <>
struct fmt::formatter<Celsius> : fmt::formatter<int> {
  template <typename Context>
  auto format(const Celsius& celsius, Context& context) const {
    return fmt::format_to(fmt::formatter<int>::format(celsius.degrees, context), " C");
  }
};

namespace {

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

void measure_single_values(const xylem::Logger& log) {
  const auto day = std::chrono::sys_days{std::chrono::year{2025} / 11 / 23};
  const std::filesystem::path path{"/var/log/my_app.log"};
  const std::wstring wide(16, L'\u00e9');
  const std::vector<unsigned char> packet(16, 0x7f);
  measure("a number", [&](int i) { XYLEM_INFO(log, "{}", i); });
  measure("a duration", [&](int i) { XYLEM_INFO(log, "{}", std::chrono::milliseconds{i}); });
  measure("a point in time", [&](int i) { XYLEM_INFO(log, "{}", day + std::chrono::seconds{i}); });
  measure("an optional", [&](int i) { XYLEM_INFO(log, "{}", std::optional{i}); });
  measure("a variant",
          [&](int i) { XYLEM_INFO(log, "{}", std::variant<std::monostate, int, double>{i}); });
  measure("a path", [&](int) { XYLEM_INFO(log, "{}", path); });
  measure("a wide text of 16", [&](int) { XYLEM_INFO(log, "{}", wide); });
  measure("hex of 16 bytes", [&](int) { XYLEM_INFO(log, "{}", xylem::hex(packet)); });
  measure("an integer of 128 bits", [&](int i) {
    XYLEM_INFO(log, "{}", static_cast<Wide>(1'000'000'007) << 64 | static_cast<Wide>(i));
  });
  measure("an fmt::formatter of one's own", [&](int i) { XYLEM_INFO(log, "{}", Celsius{i}); });
  measure("the same by fmt::format",
          [&](int i) { XYLEM_INFO(log, "{}", fmt::format("{}", Celsius{i})); });
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
  measure_single_values(log);
  return 0;
}
