// Time: the conversion of ticks to UTC, and the time stamps that come of it.

#include "drain/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::drain::read_tick;
using xylem::drain::TickClock;
using xylem::drain::TickSource;

namespace {

constexpr std::int64_t ms_in_ns = 1'000'000;
constexpr std::int64_t tolerance_ns = ms_in_ns;

std::int64_t utc_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::vector<TickSource> sources() {
  std::vector<TickSource> sources{TickSource::monotonic};
  if (xylem::drain::has_invariant_tsc()) sources.push_back(TickSource::tsc);
  return sources;
}

/// A moment of the system clock between two ticks: however long this thread was stopped in between.
struct Sample {
  std::uint64_t before;
  std::int64_t utc_ns;
  std::uint64_t after;
};

Sample sample(TickSource source) {
  const std::uint64_t before = read_tick(source);
  const std::int64_t now_ns = utc_ns();
  return {before, now_ns, read_tick(source)};
}

bool is_right(const TickClock& clock, const Sample& sample) {
  return clock.to_utc_ns(sample.before) <= sample.utc_ns + tolerance_ns &&
         clock.to_utc_ns(sample.after) >= sample.utc_ns - tolerance_ns;
}

/// "2025-01-31T12:00:00.123456+00:00" in microseconds since the epoch.
std::int64_t to_us(const std::string& timestamp) {
  std::tm time{};
  int read = 0;
  const int fields =
      std::sscanf(timestamp.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &time.tm_year, &time.tm_mon,
                  &time.tm_mday, &time.tm_hour, &time.tm_min, &time.tm_sec, &read);
  const std::string rest = timestamp.substr(static_cast<std::size_t>(read));
  // The fraction is left out when it is zero.
  const bool is_whole = rest == "+00:00";
  if (fields != 6 || !(is_whole || (rest.size() == 13 && rest.ends_with("+00:00")))) {
    throw std::runtime_error("not a time stamp: " + timestamp);
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return std::int64_t{::timegm(&time)} * 1'000'000 + (is_whole ? 0 : std::stoi(rest.substr(1, 6)));
}

}  // namespace

TEST_CASE("ticks become the system's time to a millisecond, and never run backwards") {
  for (const TickSource source : sources()) {
    CAPTURE(static_cast<int>(source));
    TickClock clock{source};
    const std::int64_t end_ns = utc_ns() + 1200 * ms_in_ns;
    std::int64_t last_ns = 0;
    std::int64_t backwards = 0;
    std::int64_t wrong = 0;
    while (utc_ns() < end_ns) {
      for (int i = 0; i < 1000; ++i) {
        const std::int64_t now_ns = clock.to_utc_ns(read_tick(source));
        backwards += now_ns < last_ns;
        last_ns = now_ns;
      }
      wrong += !is_right(clock, sample(source));
      clock.update(read_tick(source));
    }
    CHECK(backwards == 0);
    CHECK(wrong == 0);
  }
}

TEST_CASE("a tick means the same time whenever it is converted") {
  for (const TickSource source : sources()) {
    CAPTURE(static_cast<int>(source));
    const Sample before_the_clock = sample(source);
    TickClock clock{source};
    std::vector<Sample> samples;
    std::vector<std::int64_t> converted;
    const std::int64_t end_ns = utc_ns() + 100 * ms_in_ns;
    while (utc_ns() < end_ns) {
      clock.update(read_tick(source));
      samples.push_back(sample(source));
      converted.push_back(clock.to_utc_ns(samples.back().before));
    }
    int changed = 0;
    int wrong = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      changed += clock.to_utc_ns(samples[i].before) != converted[i];
      wrong += !is_right(clock, samples[i]);
    }
    CHECK(changed == 0);
    CHECK(wrong == 0);
    CHECK(is_right(clock, before_the_clock));
  }
}

TEST_CASE("a time stamp is the time of the call, with either clock") {
  for (const std::string engine : {R"({"clock": "tsc"})", R"({"clock": "system"})"}) {
    CAPTURE(engine);
    const TempDir dir;
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = engine}};
    struct Span {
      std::int64_t begin_us;
      std::int64_t end_us;
    };
    std::vector<Span> spans;
    // A thread of its own: the clock counts for threads that log for the first time.
    std::thread([&] {
      for (int i = 0; i < 20'000; ++i) {
        const std::int64_t begin_us = utc_ns() / 1000;
        XYLEM_INFO(xylem::get_logger("clock"), "");
        spans.push_back({begin_us, utc_ns() / 1000});
      }
    }).join();
    xylem::flush();
    const auto lines = read_lines(dir / "log.jsonl");
    REQUIRE(lines.size() == spans.size());
    int wrong = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::int64_t us = to_us(lines[i].string("timestamp"));
      wrong += us < spans[i].begin_us - 1000 || us > spans[i].end_us + 1000;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("the coarse clock is never ahead of the call, and goes on while little is logged") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = R"({"clock": "coarse"})"}};
  std::vector<std::int64_t> end_us;
  std::vector<Line> lines;
  const std::int64_t begin_us = utc_ns() / 1000;
  // However busy the machine is: a consumer that reads the clock comes to it at some time.
  constexpr std::int64_t patience_us = 20'000'000;
  std::thread([&] {
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      XYLEM_INFO(xylem::get_logger("clock"), "");
      end_us.push_back(utc_ns() / 1000);
      xylem::flush();
      lines = read_lines(dir / "log.jsonl");
    } while (to_us(lines.back().string("timestamp")) <= begin_us + 100'000 &&
             end_us.back() < begin_us + patience_us);
  }).join();
  CHECK(to_us(lines.back().string("timestamp")) > begin_us + 100'000);
  CHECK(to_us(lines.front().string("timestamp")) >= begin_us - 1000);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(to_us(lines[i].string("timestamp")) <= end_us[i] + 1000);
  }
}

TEST_CASE("the time stamps of a thread never decrease") {
  // Those of a file may: a thread can be stopped between the reading of the clock and the end of
  // its call, and be overtaken.
  constexpr int threads = 4;
  constexpr int records = is_sanitized ? 3'000 : 30'000;
  for (const std::string clock : {"tsc", "system", "coarse"}) {
    CAPTURE(clock);
    const TempDir dir;
    const Session session{
        ToFile{.path = dir / "log.jsonl",
               .engine = R"({"ring": {"slots": 128}, "clock": ")" + clock + R"("})"}};
    std::vector<std::thread> running;
    for (int p = 0; p < threads; ++p) {
      running.emplace_back([p] {
        for (int i = 0; i < records; ++i) {
          XYLEM_INFO(xylem::get_logger("clock"), "", xylem::field("p", p));
        }
      });
    }
    for (std::thread& thread : running) thread.join();
    xylem::flush();
    std::vector<std::int64_t> last_us(threads, 0);
    int backwards = 0;
    int lines = 0;
    for_each_line(dir / "log.jsonl", [&](const simdjson::dom::object& line) {
      const std::int64_t us = to_us(std::string{std::string_view{line["timestamp"]}});
      std::int64_t& last = last_us.at(static_cast<std::size_t>(line["p"].get_int64().value()));
      backwards += us < last;
      last = us;
      ++lines;
    });
    CHECK(lines == threads * records);
    CHECK(backwards == 0);
  }
}

TEST_CASE("threads that count differently are merged by time") {
  // The first thread goes on with the clock that it began with.
  const TempDir dir;
  std::int64_t begin_us = 0;
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = R"({"clock": "tsc"})"}};
    XYLEM_INFO(xylem::get_logger("clock"), "tsc");
    xylem::configure(ToFile{.path = dir / "log.jsonl", .engine = R"({"clock": "system"})"}.json());
    begin_us = utc_ns() / 1000;
    for (int i = 0; i < 100; ++i) {
      XYLEM_INFO(xylem::get_logger("clock"), "tsc");
      std::thread([] { XYLEM_INFO(xylem::get_logger("clock"), "system"); }).join();
    }
  }
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 201);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    CHECK(to_us(lines[i].string("timestamp")) >= begin_us - 1000);
  }
  CHECK(std::count_if(lines.begin(), lines.end(),
                      [](const Line& line) { return line.message() == "system"; }) == 100);
}
