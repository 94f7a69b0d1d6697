// More than one engine: loggers, levels and handlers that have nothing to do with each other.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using xylem::Engine;
using xylem::Level;
using xylem::Logger;

namespace {

using Texts = std::vector<std::string>;

/// An engine that is configured from the beginning.
struct Configured : Engine {
  explicit Configured(const ToFile& config) { configure(config.json()); }
};

/// Bare messages to stderr.
std::string to_stderr(const std::string& level) {
  return R"({"version": 1, "handlers": {"e": {"class": "logging.StreamHandler"}},
    "root": {"level": ")" +
         level + R"(", "handlers": ["e"]}})";
}

/// The message of the ConfigError.
template <typename F>
std::string refusal(F&& configure) {
  try {
    configure();
  } catch (const xylem::ConfigError& error) {
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("the same name in two engines is two loggers, with levels and files of their own") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "default", .level = "INFO"}};
  const Configured api{{.path = dir / "api", .level = "DEBUG"}};
  const Configured db{{.path = dir / "db", .level = "ERROR"}};
  // One call site, so that the routes of its record differ by the logger alone.
  const Logger loggers[] = {xylem::get_logger("my_app.x"), api.get_logger("my_app.x"),
                            db.get_logger("my_app.x")};
  for (int i = 0; i < 3; ++i) {
    for (const Logger& log : loggers) {
      XYLEM_DEBUG(log, "debug {}", i);
      XYLEM_INFO(log, "info {}", i);
      XYLEM_ERROR(log, "error {}", i);
    }
  }
  api.flush();
  CHECK(messages(dir / "default") ==
        Texts{"info 0", "error 0", "info 1", "error 1", "info 2", "error 2"});
  CHECK(messages(dir / "api") == Texts{"debug 0", "info 0", "error 0", "debug 1", "info 1",
                                       "error 1", "debug 2", "info 2", "error 2"});
  CHECK(messages(dir / "db") == Texts{"error 0", "error 1", "error 2"});
  CHECK(api.get_logger("my_app.x").name() == "my_app.x");
  CHECK(api.get_logger().name() == "root");
}

TEST_CASE("levels are changed in the engine of the logger alone") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "default", .level = "INFO"}};
  Configured api{{.path = dir / "api", .level = "INFO"}};
  const Logger there = api.get_logger("levels.x");
  const Logger here = xylem::get_logger("levels.x");
  there.set_level(Level::debug);
  CHECK(there.enabled(Level::debug));
  CHECK_FALSE(here.enabled(Level::debug));
  xylem::set_level("levels", Level::error);
  CHECK_FALSE(here.enabled(Level::warning));
  CHECK(there.enabled(Level::debug));
  api.set_level_below("levels", Level::critical);
  CHECK(api.effective_level("levels.x") == Level::critical);
  CHECK(xylem::effective_level("levels.x") == Level::error);
  api.set_level("", Level::warning);
  CHECK(api.effective_level("another") == Level::warning);
  CHECK(xylem::effective_level("another") == Level::info);
  api.configure(R"({"version": 1, "incremental": true, "root": {"level": "DEBUG"}})");
  CHECK(api.effective_level("another") == Level::debug);
  CHECK(xylem::effective_level("another") == Level::info);
}

TEST_CASE("an engine that is configured anew leaves files and memories of the others alone") {
  const TempDir dir;
  const std::string truncating = R"("filename": ")" + (dir / "default") + R"(", "mode": "w")";
  const Session session{R"({"version": 1, "handlers": {
      "file": {"class": "logging.FileHandler", )" +
                        truncating + R"(},
      "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 100, "target": "file"}},
    "root": {"level": "INFO", "handlers": ["memory"]}})"};
  const Gain gain;
  std::string logged;
  std::optional<Configured> api;
  for (int i = 0; i < 5; ++i) {
    xylem::get_logger("held").info("held {}", i);
    logged += "held " + std::to_string(i) + "\n";
    api.emplace(ToFile{dir / ("api" + std::to_string(i))});
    api->get_logger().info("of {}", i);
    CHECK(read_file(dir / "default").empty());
    CHECK(gain.get().pending == static_cast<std::uint64_t>(i) + 1);
  }
  xylem::get_logger("held").error("now");
  xylem::flush();
  CHECK(read_file(dir / "default") == logged + "now\n");
  for (int i = 0; i < 5; ++i) {
    CHECK(messages(dir / ("api" + std::to_string(i))) == Texts{"of " + std::to_string(i)});
  }
  CHECK(gain.get().accepted == 11);
  CHECK(gain.get().written == 11);
}

TEST_CASE(
    "the end of an engine writes everything; its loggers go on as those of an unconfigured one") {
  const TempDir dir;
  const Session session{ToFile{dir / "default"}};
  const StderrCapture errors;
  std::optional<Logger> log;
  {
    const Configured api{{dir / "api"}};
    log = api.get_logger("api");
    for (int i = 0; i < 1000; ++i) log->debug("{}", i);
  }
  CHECK(read_lines(dir / "api").size() == 1000);
  CHECK_FALSE(log->enabled(Level::info));
  XYLEM_WARNING(*log, "late");
  XYLEM_WARNING(xylem::get_logger("api"), "default");
  xylem::flush();
  CHECK(errors.text() == "late\n");
  CHECK(messages(dir / "default") == Texts{"default"});
  CHECK(read_lines(dir / "api").size() == 1000);
}

TEST_CASE("shutdown() ends all engines, and one can be configured again") {
  const TempDir dir;
  Engine api;
  {
    const Session session{ToFile{dir / "default"}};
    api.configure(ToFile{dir / "api"}.json());
    api.get_logger().info("first");
  }
  CHECK(messages(dir / "api") == Texts{"first"});
  api.configure(ToFile{dir / "api"}.json());
  api.get_logger().info("second");
  api.flush();
  CHECK(messages(dir / "api") == Texts{"first", "second"});
  xylem::shutdown();
}

TEST_CASE("an engine works without any configuration of the default one") {
  const TempDir dir;
  const StderrCapture errors;
  {
    const Configured api{{dir / "api"}};
    api.get_logger("x").debug("there");
    xylem::get_logger("x").warning("here");
    xylem::flush();
    CHECK(messages(dir / "api") == Texts{"there"});
    CHECK(errors.text() == "here\n");
  }
  xylem::shutdown();
}

TEST_CASE("a refused configuration leaves nothing, and the engine as it was") {
  const TempDir dir;
  const Session session{ToFile{dir / "default"}};
  CHECK_THROWS_AS(Engine{dir / "missing.json"}, xylem::ConfigError);
  Configured api{{dir / "api"}};
  CHECK_THROWS_AS(api.configure(R"({"version": 2})"), xylem::ConfigError);
  api.get_logger().info("still");
  api.flush();
  CHECK(messages(dir / "api") == Texts{"still"});
}

TEST_CASE("what is the process' own must be what is in force") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "default",
                               .engine = R"({"ring": {"slots": 1024, "crash_dir": ")" +
                                         (dir / "crash") + R"("}, "clock": "system"})"}};
  Engine api;
  const auto refused = [&](const std::string& engine) {
    return refusal([&] { api.configure(ToFile{.path = dir / "api", .engine = engine}.json()); });
  };
  CHECK(refused(R"({"ring": {"slots": 2048}})") ==
        "'slots' holds for all engines of the process: 1024 is in force, not 2048 "
        "(at xylem.ring.slots)");
  CHECK(refused(R"({"clock": "tsc"})") ==
        "'clock' holds for all engines of the process: 'system' is in force, not 'tsc' "
        "(at xylem.clock)");
  CHECK(refused(R"({"ring": {"crash_dir": null}})").find("in force, not null (at xylem.ring.") !=
        std::string::npos);
  CHECK(
      refused(R"({"signals": false})").ends_with("true is in force, not false (at xylem.signals)"));
  CHECK(
      refused(R"({"ring": {"slots": 1024}, "clock": "system", "sinks": {"max_kept_bytes": 1}})") ==
      "(none)");
  CHECK(refusal([&] { xylem::configure(ToFile{dir / "default"}.json()); }) ==
        "'crash_dir' cannot change while other engines are configured (at xylem.ring.crash_dir)");
}

TEST_CASE("of engines without the default one, the first says what the process has") {
  const TempDir dir;
  Engine first;
  Engine second;
  const auto config = [&](const char* slots) {
    return ToFile{.path = dir / "log",
                  .engine = std::string{R"({"ring": {"slots": )"} + slots + "}}"}
        .json();
  };
  first.configure(config("128"));
  first.configure(config("256"));
  CHECK_THROWS_AS(second.configure(config("128")), xylem::ConfigError);
  second.configure(config("256"));
  CHECK_THROWS_AS(first.configure(config("128")), xylem::ConfigError);
  xylem::shutdown();
}

TEST_CASE("two engines write to one file: every line is there once, whole") {
  const TempDir dir;
  const Session session{ToFile{dir / "log"}};
  const Configured api{{dir / "log"}};
  const Gain gain;
  constexpr int records = 20'000;
  const auto log_all = [](Logger log) {
    for (int i = 0; i < records; ++i) XYLEM_INFO(log, "{}", i);
  };
  std::thread other{log_all, api.get_logger("other")};
  log_all(xylem::get_logger("own"));
  other.join();
  xylem::flush();
  std::vector<int> seen(records);
  for_each_line(dir / "log", [&](const simdjson::dom::object& line) {
    ++seen.at(static_cast<std::size_t>(std::stoi(std::string{std::string_view{line["message"]}})));
  });
  CHECK(std::count(seen.begin(), seen.end(), 2) == records);
  const auto counts = gain.get();
  CHECK(counts.accepted == std::uint64_t{2} * records);
  CHECK(counts.written + counts.dropped + counts.failed + counts.pending == counts.accepted);
}

TEST_CASE("lines of all engines reach stderr in the order of the calls, whoever comes and goes") {
  const StderrCapture errors;
  std::string expected;
  int number = 0;
  const auto log = [&](const Logger& logger) {
    XYLEM_ERROR(logger, "line {}", number);
    expected += "line " + std::to_string(number++) + "\n";
  };
  const auto log_by_all = [&](const std::vector<Logger>& loggers) {
    for (int i = 0; i < 100; ++i) {
      for (const Logger& logger : loggers) log(logger);
    }
  };
  {
    Engine api;
    api.configure(to_stderr("DEBUG"));
    log_by_all({api.get_logger(), xylem::get_logger()});
    const Session session{to_stderr("INFO")};
    Engine none;
    log_by_all({api.get_logger(), xylem::get_logger(), none.get_logger()});
    {
      Engine db;
      db.configure(to_stderr("INFO"));
      log_by_all({db.get_logger(), api.get_logger(), xylem::get_logger()});
    }
    api.configure(to_stderr("INFO"));
    xylem::configure(to_stderr("INFO"));
    log_by_all({api.get_logger(), xylem::get_logger(), none.get_logger()});
  }
  CHECK(errors.text() == expected);
}

TEST_CASE("bound fields, contexts and captures work with the loggers of any engine") {
  const TempDir dir;
  const Session session{ToFile{dir / "default"}};
  const Configured api{{dir / "api"}};
  const xylem::testing::Capture cap{api.get_logger("my_app"), Level::debug};
  const xylem::Context context{xylem::field("request", 7)};
  const auto bound = api.get_logger("my_app.db").with(xylem::field("component", "db"));
  XYLEM_INFO(bound, "bound");
  XYLEM_INFO(xylem::get_logger("my_app.db"), "another");
  REQUIRE(cap.records().size() == 1);
  CHECK(cap.records()[0].field("component") == "db");
  CHECK(cap.records()[0].field("request") == 7);
  const auto lines = read_lines(dir / "api");
  REQUIRE(lines.size() == 1);
  CHECK(fields_of(lines[0]) == R"("component":"db","request":7)");
  CHECK(messages(dir / "default") == Texts{"another"});
}

TEST_CASE("each engine has flight recorders and filters of its own") {
  const TempDir dir;
  const auto recording = [&](const char* name, const char* trigger) {
    return ToFile{
        .path = dir / name,
        .engine = std::string{R"({"flight_recorder": {"": {"trigger": ")"} + trigger + R"("}}})",
        .level = "WARNING"};
  };
  const Session session{recording("default", "CRITICAL")};
  const Configured api{recording("api", "ERROR")};
  const Logger here = xylem::get_logger("x");
  const Logger there = api.get_logger("x");
  for (const Logger& log : {here, there}) log.debug("kept");
  {
    // In front of the api's recorder, which gets another number by that.
    const Configured other{recording("other", "ERROR")};
    for (const Logger& log : {here, there}) log.info("kept, too");
    other.get_logger("x").debug("another");
    other.get_logger("x").error("written");
  }
  CHECK(messages(dir / "other") == Texts{"another", "written"});
  there.error("now");
  here.error("not yet");
  api.flush();
  CHECK(messages(dir / "api") == Texts{"kept", "kept, too", "now"});
  CHECK(messages(dir / "default") == Texts{"not yet"});
  here.critical("now");
  api.flush();
  CHECK(messages(dir / "default") == Texts{"not yet", "kept", "kept, too", "now"});
}

TEST_CASE("loggers of any engine are sampled, each by itself") {
  const TempDir dir;
  const auto sampling = [&](const char* name) {
    return R"-({"version": 1, "disable_existing_loggers": false,
      "filters": {"two": {"()": "xylem.SamplingFilter", "first": 2, "thereafter": 0}},
      "handlers": {"file": {"class": "logging.FileHandler", "filename": ")-" +
           (dir / name) + R"-("}}, "root": {"level": "INFO", "handlers": ["file"]},
      "loggers": {"sampled": {"filters": ["two"]}}})-";
  };
  const Session session{sampling("default")};
  Engine api;
  api.configure(sampling("api"));
  for (int i = 0; i < 10; ++i) {
    for (const Logger& log : {xylem::get_logger("sampled"), api.get_logger("sampled")}) {
      XYLEM_INFO(log, "{}", i);
    }
  }
  api.flush();
  CHECK(read_file(dir / "default").starts_with("0\n1\n"));
  CHECK(read_file(dir / "api").starts_with("0\n1\n"));
  CHECK(read_file(dir / "api").find("\n2\n") == std::string::npos);
}

TEST_CASE("engines come and go while threads log: nothing is lost, doubled or out of order") {
  constexpr int rounds = is_sanitized ? 20 : 60;
  const TempDir dir;
  const Session session{ToFile{dir / "default"}};
  const Gain gain;
  std::atomic<bool> is_over{false};
  int in_default = 0;
  std::thread busy{[&] {
    for (const Logger log = xylem::get_logger("busy"); !is_over; ++in_default) {
      XYLEM_INFO(log, "{}", in_default);
      if (in_default % 64 == 0) std::this_thread::yield();
    }
  }};
  for (int round = 0; round < rounds; ++round) {
    const Configured api{{dir / "api"}};
    XYLEM_INFO(api.get_logger("x"), "{}", round);
  }
  is_over = true;
  busy.join();
  xylem::flush();
  Texts expected;
  for (int i = 0; i < in_default; ++i) expected.push_back(std::to_string(i));
  CHECK(messages(dir / "default") == expected);
  expected.resize(rounds);
  for (int i = 0; i < rounds; ++i) expected[static_cast<std::size_t>(i)] = std::to_string(i);
  CHECK(messages(dir / "api") == expected);
  CHECK(gain.get().written == static_cast<std::uint64_t>(in_default + rounds));
}

TEST_CASE("the child of a fork has the engines of its parent") {
  if (!fork_test::can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "default", .engine = fork_test::crash_in(dir)}};
  const Configured api{{dir / "api"}};
  const Logger log = api.get_logger("x");
  log.info("parent");
  CHECK(fork_test::in_child([&] {
          log.info("child");
          xylem::get_logger("x").info("default");
        }) == 0);
  api.flush();
  CHECK(messages(dir / "api") == Texts{"parent", "child"});
  CHECK(messages(dir / "default") == Texts{"default"});
}
