// The test kit: what was logged, as records, and a clock that stands still.

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::Level;
using xylem::testing::Capture;
using xylem::testing::FakeClock;

namespace {

std::vector<std::string> messages_of(const Capture& capture) {
  std::vector<std::string> messages;
  for (const auto& record : capture.records()) messages.emplace_back(record.message());
  return messages;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a subtree logs is captured as records, without a configuration and off stderr") {
  StderrCapture stderr_text;
  std::optional<xylem::testing::Record> kept;
  {
    const Capture cap{"my_app", Level::info};
    XYLEM_DEBUG(xylem::get_logger("my_app"), "too low");
    XYLEM_WARNING(xylem::get_logger("my_app.db"), "slow query {ms}", xylem::field("ms", 73));
    XYLEM_INFO(xylem::get_logger("my_app"), "second");
    XYLEM_INFO(xylem::get_logger("my_apps"), "another");
    REQUIRE(cap.records().size() == 2);
    kept = cap.records()[0];
    CHECK(cap.text() == fmt::format("WARNING  my_app.db:capture.cpp:{} slow query 73\n"
                                    "INFO     my_app:capture.cpp:{} second\n",
                                    kept->line(), kept->line() + 1));
  }
  CHECK(kept->name() == "my_app.db");
  CHECK(kept->level() == Level::warning);
  CHECK(kept->message() == "slow query 73");
  CHECK(kept->field("ms") == 73);
  CHECK(kept->filename() == "capture.cpp");
  CHECK(stderr_text.text().empty());
  XYLEM_INFO(xylem::get_logger("my_app"), "nobody sees this");
  CHECK_FALSE(xylem::get_logger("my_app").enabled(Level::info));
  CHECK(xylem::get_logger("my_app").enabled(Level::warning));
}

TEST_CASE("what was forgotten or logged before does not come") {
  const auto log = xylem::get_logger("capture");
  XYLEM_INFO(log, "before");
  Capture cap;
  XYLEM_INFO(log, "one");
  CHECK(messages_of(cap) == Texts{"one"});
  XYLEM_INFO(log, "two");
  cap.clear();
  XYLEM_DEBUG(log, "three");
  CHECK(messages_of(cap) == Texts{"three"});
}

TEST_CASE("all that threads logged which have ended is there, in each one's order") {
  const Capture cap{"threads"};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i) {
        XYLEM_DEBUG(xylem::get_logger("threads"), "{}", i, xylem::field("t", t));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(cap.records().size() == 800);
  int next[4] = {};
  for (const auto& record : cap.records()) {
    int& expected = next[*record.field("t").as_int64()];
    CHECK(record.message() == std::to_string(expected));
    ++expected;
  }
}

TEST_CASE("captures nest, and each has its own subtree and level") {
  const auto log = xylem::get_logger("outer.inner");
  const Capture all{"", Level::warning};
  {
    const Capture cap{"outer", Level::debug};
    XYLEM_DEBUG(log, "low");
    XYLEM_WARNING(log, "high");
    CHECK(messages_of(cap) == Texts{"low", "high"});
  }
  XYLEM_DEBUG(log, "low again");
  XYLEM_ERROR(log, "last");
  CHECK(messages_of(all) == Texts{"high", "last"});
}

TEST_CASE("handlers of the configuration get what they would get without, or nothing") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  const auto log = xylem::get_logger("configured");
  {
    const Capture cap{"configured", Level::debug};
    XYLEM_INFO(log, "captured alone");
    XYLEM_ERROR(log, "both");
    CHECK(messages_of(cap) == Texts{"captured alone", "both"});
  }
  {
    const Capture cap{"configured", Level::debug, Capture::only};
    XYLEM_ERROR(log, "only");
    XYLEM_ERROR(xylem::get_logger("elsewhere"), "goes on");
    CHECK(messages_of(cap) == Texts{"only"});
  }
  XYLEM_INFO(log, "too low");
  XYLEM_ERROR(log, "after");
  xylem::flush();
  CHECK(messages(dir / "log") == Texts{"both", "goes on", "after"});
}

TEST_CASE("a capture goes on through configurations, and sees loggers that these disable") {
  const TempDir dir;
  const auto log = xylem::get_logger("old");
  const Capture cap{"old", Level::info};
  XYLEM_INFO(log, "before");
  xylem::configure(R"({"version": 1})");
  XYLEM_INFO(log, "disabled");
  const Session session{ToFile{dir / "log"}};
  XYLEM_INFO(log, "configured");
  xylem::configure(R"({"version": 1, "incremental": true, "root": {"level": "CRITICAL"}})");
  XYLEM_INFO(log, "incremental");
  CHECK(messages_of(cap) == Texts{"before", "disabled", "configured", "incremental"});
}

TEST_CASE("a capture may come after the end, and the counters hold") {
  xylem::shutdown();
  const Gain gain;
  {
    const Capture cap{"late"};
    for (int i = 0; i < 100; ++i) XYLEM_INFO(xylem::get_logger("late"), "{}", i);
    CHECK(cap.records().size() == 100);
  }
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == 100);
  CHECK(stats.written == 100);
  CHECK(stats.pending == 0);
}

TEST_CASE("exceptions, records made elsewhere, and how records print themselves") {
  const Capture cap{"print"};
  try {
    throw std::runtime_error{"no route"};
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(xylem::get_logger("print"), "failed", xylem::field("n", 1));
  }
  xylem::Record made;
  made.name = "print";
  made.message = "made";
  CHECK(xylem::handle(made));
  const auto records = cap.records();
  REQUIRE(records.size() == 2);
  CHECK(records[0].exc_text().find("no route") != std::string_view::npos);
  CHECK(records[1].exc_text().empty());
  const std::string expected =
      fmt::format("ERROR    print capture.cpp:{} failed n=1", records[0].line());
  std::ostringstream out;
  out << records[0] << '|' << Level::critical << '|' << records[0].field("n");
  CHECK(out.str() == expected + "|CRITICAL|1");
  CHECK(fmt::format("{}", records[0]) == expected);
  CHECK(fmt::format("{:>3}", records[0].field("n")) == "  1");
}

TEST_CASE("records bear the time of a fake clock, and files are written by it") {
  using namespace std::chrono;
  const TempDir dir;
  const Session session{ToFile{dir / "log"}};
  const auto log = xylem::get_logger("clock");
  const Capture cap{"clock"};
  const auto start = sys_days{year{2024} / 2 / 29} + hours{12} + microseconds{5};
  {
    FakeClock clock{start};
    XYLEM_INFO(log, "one");
    clock.advance(seconds{1});
    XYLEM_INFO(log, "two");
    clock.set(sys_days{year{1999} / 12 / 31});
    XYLEM_INFO(log, "three");
    CHECK(clock.now() == sys_days{year{1999} / 12 / 31});
  }
  XYLEM_INFO(log, "four");
  const auto records = cap.records();
  REQUIRE(records.size() == 4);
  CHECK(records[0].created() == start);
  CHECK(records[1].created() == start + seconds{1});
  CHECK(records[2].created() == sys_days{year{1999} / 12 / 31});
  CHECK(system_clock::now() - records[3].created() < minutes{1});
  xylem::flush();
  const auto lines = read_lines(dir / "log");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].string("timestamp") == "2024-02-29T12:00:00.000005+00:00");
  CHECK(lines[1].string("timestamp") == "2024-02-29T12:00:01.000005+00:00");
}
