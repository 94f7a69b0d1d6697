// Flight recorders: what levels hold back is written when something important comes, and what that
// costs otherwise.

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>

#include "config/describe.hpp"
#include "config/dict_config.hpp"
#include "config/document.hpp"
#include "config/lint.hpp"
#include "config/reach_answer.hpp"
#include "config/yaml.hpp"
#include "config_support.hpp"
#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using config_test::check_refused;
using xylem::field;
using xylem::get_logger;
using xylem::Level;
using xylem::Logger;

namespace {

using Texts = std::vector<std::string>;

std::string engine(const std::string& recorders, const std::string& rest = "") {
  return R"({"flight_recorder": )" + recorders + rest + "}";
}

/// A root at INFO with everything in one file, and these recorders.
ToFile recording(const TempDir& dir, const std::string& recorders, const std::string& rest = "") {
  return {.path = dir / "log",
          .fmt_keys = R"({"level": "levelname", "logger": "name", "thread": "threadName"})",
          .engine = engine(recorders, rest),
          .level = "INFO"};
}

Texts texts(const TempDir& dir) {
  xylem::flush();
  return messages(dir / "log");
}

void log_numbers(const Logger& log, int first, int last) {
  for (int i = first; i <= last; ++i) XYLEM_DEBUG(log, "{}", i);
}

}  // namespace

TEST_CASE("the last records below the level come right before an error, once") {
  const TempDir dir;
  const Session session{recording(dir, R"({"my_app": {"records": 3}})")};
  const Logger log = get_logger("my_app");
  log_numbers(log, 1, 5);
  XYLEM_INFO(log, "info");
  CHECK(texts(dir) == Texts{"info"});
  log_numbers(log, 6, 6);
  XYLEM_WARNING(log, "warning");
  XYLEM_ERROR(log, "error");
  XYLEM_ERROR(log, "another");
  log_numbers(log, 7, 7);
  XYLEM_CRITICAL(log, "critical");
  CHECK(texts(dir) == Texts{"info", "warning", "4", "5", "6", "error", "another", "7", "critical"});
}

TEST_CASE("what is written late says when, where and by whom it was logged") {
  const TempDir dir;
  const Session session{recording(dir, R"({"": {}})")};
  const Logger log = get_logger("late");
  {
    const xylem::Context context{field("request", 7)};
    std::thread{[&] {
      xylem::set_thread_name("worker \"1\"");
      XYLEM_DEBUG(log.with(field("shard", 2)), "from a thread {size}", field("size", 0.5));
    }}.join();
    XYLEM_DEBUG(log, "in a context");
    XYLEM_DEBUG(log, "with a stack", xylem::stack());
    xylem::flush();
  }
  log.info("between");
  const std::string text(20'000, 'x');
  log.debug("{}", text);
  log.error("now");
  xylem::flush();
  const std::vector<Line> lines = read_lines(dir / "log");
  REQUIRE(lines.size() == 6);
  CHECK(lines[1].message() == "from a thread 0.5");
  CHECK(lines[1].string("thread") == "worker \"1\"");
  CHECK(fields_of(lines[1]).ends_with(R"("size":0.5,"shard":2)"));
  CHECK(lines[1].string("timestamp") <= lines[0].string("timestamp"));
  CHECK(lines[2].integer("request") == 7);
  CHECK(lines[2].string("thread") == "MainThread");
  CHECK(lines[3].string("stack_info").find("Stack (most recent call last)") == 0);
  CHECK(lines[3].integer("request") == 7);
  CHECK(lines[4].message() == text);
  CHECK_FALSE(lines[4].has("request"));
  CHECK(lines[5].message() == "now");
}

TEST_CASE("a recorder is its logger's and of those below, of several the nearest") {
  const TempDir dir;
  const Session session{
      recording(dir, R"({"my_app": {}, "my_app.db": {"level": "INFO", "trigger": "CRITICAL"}})")};
  xylem::set_level("my_app.db", Level::warning);
  XYLEM_DEBUG(get_logger("my_app.net"), "net");
  XYLEM_DEBUG(get_logger("my_app.db"), "too low");
  XYLEM_INFO(get_logger("my_app.db"), "db");
  XYLEM_DEBUG(get_logger("other"), "not covered");
  XYLEM_ERROR(get_logger("other"), "elsewhere");
  CHECK(texts(dir) == Texts{"elsewhere"});
  XYLEM_ERROR(get_logger("my_app.db"), "above both");
  CHECK(texts(dir) == Texts{"elsewhere", "net", "above both"});
  XYLEM_DEBUG(get_logger("my_app"), "app");
  XYLEM_CRITICAL(get_logger("my_app.db"), "all");
  CHECK(texts(dir) == Texts{"elsewhere", "net", "above both", "db", "app", "all"});
  CHECK(get_logger("my_app").enabled(Level::debug));
  CHECK(xylem::effective_level("my_app") == Level::info);
  CHECK_FALSE(get_logger("other").enabled(Level::debug));
}

TEST_CASE("levels and filters of handlers count, and so does propagate") {
  const TempDir dir;
  const auto file = [&dir](const std::string& name, const std::string& rest) {
    return '"' + name + R"(": {"class": "logging.FileHandler", )" + rest + R"("filename": ")" +
           dir / name + R"("})";
  };
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "xylem": )" + engine(R"({"app": {}})") +
      R"-(, "filters": {"low": {"()": "mylogger.NonErrorFilter"}}, )-" + R"("handlers": {)" +
      file("all", "") + ", " + file("errors", R"("level": "ERROR", )") + ", " +
      file("low", R"("filters": ["low"], )") + ", " + file("above", "") +
      R"(}, "loggers": {"app": {"level": "WARNING", "propagate": false,)" +
      R"( "handlers": ["all", "errors", "low"]}},)" + R"( "root": {"handlers": ["above"]}})"};
  XYLEM_DEBUG(get_logger("app"), "debug");
  XYLEM_ERROR(get_logger("app"), "error");
  xylem::shutdown();
  CHECK(read_file(dir / "all") == "debug\nerror\n");
  CHECK(read_file(dir / "errors") == "error\n");
  CHECK(read_file(dir / "low") == "debug\n");
  CHECK(read_file(dir / "above").empty());
}

TEST_CASE("what is kept is pending, and counts as written once it is, or is forgotten") {
  const TempDir dir;
  const Session session{recording(dir, R"({"counted": {"records": 3}})")};
  const Gain gain;
  const Logger log = get_logger("counted");
  log_numbers(log, 1, 2);
  xylem::flush();
  CHECK(gain.get().accepted == 2);
  CHECK(gain.get().pending == 2);
  CHECK(gain.get().written == 0);
  log_numbers(log, 3, 7);
  xylem::flush();
  CHECK(gain.get().pending == 3);
  CHECK(gain.get().written == 4);
  XYLEM_ERROR(log, "error");
  xylem::flush();
  CHECK(gain.get().pending == 0);
  CHECK(gain.get().written == 8);
  log_numbers(log, 8, 8);
  xylem::shutdown();
  CHECK(gain.get().accepted == 9);
  CHECK(gain.get().written == 9);
  CHECK(gain.get().failed == 0);
  CHECK(messages(dir / "log") == Texts{"5", "6", "7", "error"});
}

TEST_CASE("a recorder has bytes as well as records") {
  const TempDir dir;
  const Session session{
      recording(dir, R"({"big": {"records": 100}})", R"(, "sinks": {"max_kept_bytes": 30000})")};
  const Logger log = get_logger("big");
  const std::string text(9'900, 'x');
  for (int i = 0; i < 9; ++i) log.debug("{} {}", i, text);
  log.error("error");
  const Texts lines = texts(dir);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("6 "));
}

TEST_CASE("records made elsewhere are kept, and ask for what is") {
  const TempDir dir;
  const Session session{recording(dir, R"({"elsewhere": {}})")};
  xylem::Record record;
  record.name = "elsewhere";
  record.levelno = 10;
  record.message = "made elsewhere";
  xylem::handle(record);
  XYLEM_DEBUG(get_logger("elsewhere"), "made here");
  CHECK(texts(dir).empty());
  record.levelno = 40;
  record.message = "error";
  xylem::handle(record);
  CHECK(texts(dir) == Texts{"made elsewhere", "made here", "error"});
}

TEST_CASE("behind a queue and a memory what was kept stands where it was written") {
  const TempDir dir;
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "xylem": )" + engine(R"({"": {}})") +
      R"(, "handlers": {"file": {"class": "logging.FileHandler", "filename": ")" + dir / "log" +
      R"("}, "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 4, "target": "file"},
         "queue": {"class": "logging.handlers.QueueHandler", "handlers": ["memory"]}},
      "root": {"level": "INFO", "handlers": ["queue"]}})"};
  const Logger log = get_logger("late");
  XYLEM_INFO(log, "info");
  log_numbers(log, 1, 2);
  XYLEM_ERROR(log, "error");
  xylem::shutdown();
  CHECK(read_file(dir / "log") == "info\n1\n2\nerror\n");
}

TEST_CASE("filters that change records change those that were kept when they are written") {
  const TempDir dir;
  std::string config = recording(dir, R"({"": {}})").json();
  const std::string_view before = R"("handlers": {"file": {)";
  config.replace(config.find(before), before.size(),
                 R"-("filters": {"redact": {"()": "xylem.RedactionFilter", )-"
                 R"("fields": ["password"], "patterns": ["secret"]}}, )" +
                     std::string{before} + R"("filters": ["redact"], )");
  const Session session{config};
  XYLEM_DEBUG(get_logger("kept"), "a secret", field("password", "x"));
  XYLEM_DEBUG(get_logger("kept"), "nothing to hide");
  XYLEM_ERROR(get_logger("kept"), "error");
  CHECK(texts(dir) == Texts{"a ***REDACTED***", "nothing to hide", "error"});
  CHECK(read_lines(dir / "log")[0].string("password") == "***REDACTED***");
}

TEST_CASE("a capture gets everything at once, and the file what was kept when it is asked for") {
  const TempDir dir;
  const Session session{recording(dir, R"({"my_app": {}})")};
  const xylem::testing::Capture capture{"my_app", Level::debug};
  XYLEM_DEBUG(get_logger("my_app"), "debug");
  REQUIRE(capture.records().size() == 1);
  XYLEM_ERROR(get_logger("my_app"), "error");
  CHECK(capture.records().size() == 2);
  CHECK(texts(dir) == Texts{"debug", "error"});
}

TEST_CASE("levels may change while records are kept; the next configuration begins anew") {
  const TempDir dir;
  const Session session{recording(dir, R"({"my_app": {}})")};
  const Logger log = get_logger("my_app");
  XYLEM_DEBUG(log, "kept");
  log.set_level(Level::debug);
  XYLEM_DEBUG(log, "written");
  log.set_level(Level::warning);
  XYLEM_INFO(log, "kept, too");
  CHECK(texts(dir) == Texts{"written"});
  XYLEM_ERROR(log, "error");
  CHECK(texts(dir) == Texts{"written", "kept", "kept, too", "error"});
  XYLEM_DEBUG(log, "forgotten");
  xylem::configure(recording(dir, R"({"my_app": {}})").json());
  log.set_level(Level::info);
  XYLEM_DEBUG(log, "new");
  XYLEM_ERROR(log, "last");
  CHECK(texts(dir) == Texts{"written", "kept", "kept, too", "error", "new", "last"});
}

TEST_CASE("a logger that is disabled keeps nothing") {
  const TempDir dir;
  get_logger("old");
  std::string config = recording(dir, R"({"": {}})").json();
  const std::string_view key = R"("disable_existing_loggers": false)";
  config.replace(config.find(key), key.size(), R"("disable_existing_loggers": true)");
  const Session session{config};
  CHECK_FALSE(get_logger("old").enabled(Level::debug));
  XYLEM_DEBUG(get_logger("old"), "nothing");
  XYLEM_ERROR(get_logger("young"), "error");
  CHECK(texts(dir) == Texts{"error"});
}

TEST_CASE("many threads lose nothing of what was kept, and each keeps its order") {
  const TempDir dir;
  const Session session{recording(dir, R"({"": {"records": 100000}})")};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        XYLEM_DEBUG(get_logger("many"), "kept {} {}", t, i);
        if (i % 500 == 499) XYLEM_ERROR(get_logger("many"), "error");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Texts kept = texts(dir);
  std::erase(kept, "error");
  CHECK(kept.size() == 8000);
  for (int t = 0; t < 4; ++t) {
    const std::string prefix = "kept " + std::to_string(t) + " ";
    int next = 0;
    for (const std::string& text : kept) {
      if (text.starts_with(prefix)) CHECK(text == prefix + std::to_string(next++));
    }
    CHECK(next == 2000);
  }
}

TEST_CASE("the child of a fork does not write what its parent keeps" *
          doctest::skip(!fork_test::can_fork)) {
  const TempDir dir;
  const Session session{recording(dir, R"({"": {}})", R"(, "ring": {"crash_dir": null})")};
  XYLEM_DEBUG(get_logger("parent"), "of the parent");
  xylem::flush();
  CHECK(fork_test::in_child([] { XYLEM_ERROR(get_logger("child"), "of the child"); }) == 0);
  XYLEM_ERROR(get_logger("parent"), "error");
  CHECK(texts(dir) == Texts{"of the child", "of the parent", "error"});
}

TEST_CASE("a config of recorders that is wrong is refused with its place") {
  const auto config = [](const std::string& recorders) {
    return R"({"version": 1, "xylem": {"flight_recorder": )" + recorders + "}}";
  };
  check_refused({config("[]"), "Expected an object, got a list", "xylem.flight_recorder"});
  check_refused(
      {config(R"({"a": 256})"), "Expected an object, got an integer", "xylem.flight_recorder.a"});
  check_refused({config(R"({"a": {"record": 1}})"), "Unknown key 'record'. Did you mean 'records'?",
                 "xylem.flight_recorder.a.record"});
  check_refused({config(R"({"a": {"records": 0}})"), "Expected an integer from 1 to 1000000, got 0",
                 "xylem.flight_recorder.a.records"});
  check_refused({config(R"({"a": {"records": "many"}})"),
                 "Expected an integer from 1 to 1000000, got 'many'",
                 "xylem.flight_recorder.a.records"});
  check_refused({config(R"({"a": {"level": "debug"}})"), "Unknown level: 'debug'",
                 "xylem.flight_recorder.a.level"});
  check_refused({config(R"({"a": {"trigger": 1.5}})"),
                 "Level not an integer or a valid string: 1.5", "xylem.flight_recorder.a.trigger"});
  check_refused(
      {config(R"({"a": {"trigger": "DEBUG"}})"),
       "The level that has records written, DEBUG, is not above DEBUG, from which on they "
       "are kept",
       "xylem.flight_recorder.a.trigger"});
  check_refused({config(R"({"": {}, "root": {}})"),
                 "The root has two flight recorders, '' and 'root'", "xylem.flight_recorder.root"});
}

TEST_CASE("xylem check tells of recorders, and of those that can show nothing") {
  const auto config = [](const std::string& level, const std::string& logger) {
    return R"({"version": 1, "xylem": {"flight_recorder": {")" + logger +
           R"(": {"records": 50}}}, "handlers": {"h": {"class": "logging.StreamHandler", "level": ")" +
           level + R"("}}, "loggers": {"my_app": {"level": "INFO"}}, "root": {"handlers": ["h"]}})";
  };
  const auto warnings = [](const std::string& text) {
    std::string lines;
    for (const auto& warning : xylem::config::lint(xylem::config::parse_source(text, "c.json"),
                                                   xylem::config::parse(text, "c.json"))) {
      lines += warning.path + ": " + warning.message + "\n";
    }
    return lines;
  };
  CHECK(warnings(config("DEBUG", "my_app")).empty());
  CHECK(warnings(config("DEBUG", "my_app.db")).empty());
  CHECK(warnings(config("INFO", "my_app")) ==
        "xylem.flight_recorder.my_app: No handler takes what this flight recorder keeps: lower the "
        "level of one to DEBUG\n");
  std::string idle = config("DEBUG", "my_app");
  idle.replace(idle.find(R"("INFO")"), 6, R"("DEBUG")");
  CHECK(warnings(idle) ==
        "xylem.flight_recorder.my_app: The loggers here let DEBUG through: nothing is left for a "
        "flight recorder\n");
  const xylem::config::Plan plan = xylem::config::parse(config("DEBUG", "my_app"));
  CHECK(xylem::config::describe(plan).find(
            "my_app: the last 50 from DEBUG on are written when ERROR comes") != std::string::npos);
  const std::string kept = xylem::config::answer(plan, "my_app.db", 10);
  CHECK(kept.find("the last 50 from DEBUG on are written when ERROR comes") != std::string::npos);
  CHECK(kept.find("it goes to stderr, once ERROR comes") != std::string::npos);
  CHECK(xylem::config::answer(plan, "other", 10).find("flight recorder") == std::string::npos);
}
