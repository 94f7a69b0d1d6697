// Which records reach which handler, by the rules of Python's logging.

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "routing_support.hpp"

using namespace engine_test;
using namespace routing_test;
using xylem::field;
using xylem::get_logger;
using xylem::Level;
using xylem::Logger;

namespace {

void log_all_levels(Logger log) {
  XYLEM_DEBUG(log, "debug");
  XYLEM_INFO(log, "info");
  XYLEM_WARNING(log, "warning");
  XYLEM_ERROR(log, "error");
  XYLEM_CRITICAL(log, "critical");
}

}  // namespace

TEST_CASE("a logger's level is its own, else that of the nearest one above it") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"quiet": {"level": "ERROR"}, "quiet.loud": {"level": "DEBUG"},
                "quiet.loud.unset": {"level": "NOTSET"}})")};
  for (const char* const name : {"other", "quiet", "quiet.child", "quiet.loud", "quiet.loud.unset",
                                 "quiet.loud.unset.child", "quieter"}) {
    log_all_levels(get_logger(name));
  }
  Texts expected;
  const auto expect = [&](const std::string& name, const Texts& levels) {
    for (const std::string& level : levels) expected.push_back(name + " " + level);
  };
  const Texts from_info = {"info", "warning", "error", "critical"};
  const Texts all = {"debug", "info", "warning", "error", "critical"};
  expect("other", from_info);
  expect("quiet", {"error", "critical"});
  expect("quiet.child", {"error", "critical"});
  // Handlers of ancestors are reached whatever the ancestors' levels are.
  expect("quiet.loud", all);
  expect("quiet.loud.unset", all);
  expect("quiet.loud.unset.child", all);
  expect("quieter", from_info);
  CHECK(lines_of(dir / "a") == expected);
}

TEST_CASE("records go up to the root's handlers unless a logger on the way does not propagate") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["b"]}, "x.y": {"handlers": ["c"], "propagate": false},
                "x.y.z": {}})")};
  for (const char* const name : {"x", "x.y", "x.y.z", "x.other"}) XYLEM_INFO(get_logger(name), "m");
  CHECK(lines_of(dir / "a") == Texts{"x m", "x.other m"});
  CHECK(lines_of(dir / "b") == Texts{"x m", "x.other m"});
  CHECK(lines_of(dir / "c") == Texts{"x.y m", "x.y.z m"});
}

TEST_CASE("a handler that two loggers on the way have writes the record twice") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["a", "b"]}})")};
  XYLEM_INFO(get_logger("x.y"), "m");
  CHECK(lines_of(dir / "a") == Texts{"x.y m", "x.y m"});
  CHECK(lines_of(dir / "b") == Texts{"x.y m"});
}

TEST_CASE("the empty name, \"root\" and no name are one logger") {
  for (const std::string root : {R"("root": {"level": "INFO", "handlers": ["a"]})",
                                 R"("loggers": {"root": {"level": "INFO", "handlers": ["a"]}})",
                                 R"("loggers": {"": {"level": "INFO", "handlers": ["a"]}})"}) {
    CAPTURE(root);
    const TempDir dir;
    const Session session{config(dir, root)};
    XYLEM_INFO(get_logger(), "1");
    XYLEM_INFO(get_logger(""), "2");
    XYLEM_INFO(get_logger("root"), "3");
    XYLEM_DEBUG(get_logger(), "below");
    CHECK(get_logger().name() == "root");
    CHECK(&get_logger("root").state() == &get_logger("").state());
    CHECK(lines_of(dir / "a") == Texts{"root 1", "root 2", "root 3"});
  }
}

TEST_CASE("any name is a logger's, and hangs where Python would hang it") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["b"]}})")};
  for (const char* const name : {".", ".x", "x.", "x..y", "..", "root.x", "a b"}) {
    XYLEM_INFO(get_logger(name), "m");
    XYLEM_DEBUG(get_logger(name), "below");
  }
  CHECK(lines_of(dir / "a") == Texts{". m", ".x m", "x. m", "x..y m", ".. m", "root.x m", "a b m"});
  CHECK(lines_of(dir / "b") == Texts{"x. m", "x..y m"});
}

TEST_CASE("loggers that a configuration does not name are disabled, unless it says otherwise") {
  const TempDir dir;
  const std::string root = R"("root": {"level": "INFO", "handlers": ["a"]})";
  const Session session{disabling(dir, root)};
  const Logger named = get_logger("disable.named");
  const Logger child = get_logger("disable.named.child");
  const Logger unnamed = get_logger("disable.unnamed");
  const auto enabled = [&] {
    return Texts{named.enabled(Level::info) ? "named" : "-",
                 child.enabled(Level::info) ? "child" : "-",
                 unnamed.enabled(Level::critical) ? "unnamed" : "-"};
  };
  CHECK(enabled() == Texts{"named", "child", "unnamed"});

  xylem::configure(disabling(dir, root + R"(, "loggers": {"disable.named": {}})"));
  CHECK(enabled() == Texts{"named", "child", "-"});
  CHECK(get_logger("disable.new").enabled(Level::info));
  XYLEM_CRITICAL(unnamed, "m");
  XYLEM_INFO(child, "m");
  CHECK(lines_of(dir / "a") == Texts{"disable.named.child m"});

  // Not named any more: the child has no named logger above it either.
  xylem::configure(disabling(dir, root));
  CHECK(enabled() == Texts{"-", "-", "-"});
  xylem::configure(disabling(dir, root + R"(, "loggers": {"disable.unnamed": {}})"));
  CHECK(enabled() == Texts{"-", "-", "unnamed"});
  xylem::configure(config(dir, root));
  CHECK(enabled() == Texts{"named", "child", "unnamed"});
}

TEST_CASE("handles and loggers that come after the configuration obey it") {
  const TempDir dir;
  const Logger before = get_logger("routing.before");
  const Session session{config(
      dir,
      R"("root": {"level": "ERROR", "handlers": ["a"]}, "loggers": {"routing": {"level": "INFO"}})")};
  log_all_levels(before);
  log_all_levels(get_logger("routing.after"));
  CHECK(lines_of(dir / "a").size() == 8);
  CHECK_FALSE(get_logger("elsewhere.after").enabled(Level::warning));
}

TEST_CASE("a handler has a level and filters of its own") {
  const TempDir dir;
  const Session session{config(dir,
                               R"-("filters": {
      "of_x": {"name": "x.y"}, "no_errors": {"()": "mylogger.NonErrorFilter"
  }
},
    "root": {"level": "DEBUG", "handlers": ["a", "b"]})-",
                               R"(, "level": "INFO", "filters": ["of_x", "no_errors"])")};
  for (const char* const name : {"x", "x.y", "x.y.z", "x.yz"}) log_all_levels(get_logger(name));
  CHECK(lines_of(dir / "a") == Texts{"x.y info", "x.y.z info"});
  CHECK(lines_of(dir / "b").size() == 20);
}

TEST_CASE("a filter has a lowest and a highest level, by name or number, or one of them") {
  const auto passing = [](const std::string& range) {
    const TempDir dir;
    const Session session{config(
        dir,
        R"j("filters": {"f": {"()": "xylem.LevelFilter")j" + range +
            R"(}}, "xylem": {"levels": {"NOTICE": 25}}, "root": {"level": 1, "handlers": ["a"]})",
        R"(, "filters": ["f"])")};
    log_all_levels(get_logger("x"));
    get_logger("x").log(Level{25}, "notice");
    return lines_of(dir / "a");
  };
  CHECK(passing(R"(, "min": "INFO", "max": "WARNING")") ==
        Texts{"x info", "x warning", "x notice"});
  CHECK(passing(R"(, "min": 21, "max": "NOTICE")") == Texts{"x notice"});
  CHECK(passing(R"(, "min": "ERROR")") == Texts{"x error", "x critical"});
  CHECK(passing(R"(, "max": 10, "min": null)") == Texts{"x debug"});
  CHECK(passing("").size() == 6);
}

TEST_CASE("a logger's range of levels goes when a configuration names the logger anew") {
  const TempDir dir;
  const auto only = [&dir](const std::string& level) {
    return config(dir, R"j("filters": {"f": {"()": "xylem.LevelFilter", "min": ")j" + level +
                           R"(", "max": ")" + level +
                           R"("}}, "root": {"level": "DEBUG", "handlers": ["a"]},
        "loggers": {"x": {"filters": ["f"]}})");
  };
  const Session session{only("INFO")};
  log_all_levels(get_logger("x"));
  xylem::configure(only("ERROR"));
  log_all_levels(get_logger("x"));
  CHECK(lines_of(dir / "a") == Texts{"x info", "x error"});
}

TEST_CASE("a logger's filters see its own records, not those from below") {
  const TempDir dir;
  const Session session{config(dir, R"-("filters": {"no_errors": {"()": "mylogger.NonErrorFilter"
  }
},
    "root": {"level": "INFO", "handlers": ["a"], "filters": ["no_errors"]},
    "loggers": {"x": {"filters": ["no_errors"]}})-")};
  log_all_levels(get_logger());
  log_all_levels(get_logger("x"));
  log_all_levels(get_logger("x.y"));
  CHECK(lines_of(dir / "a") ==
        Texts{"root info", "x info", "x.y info", "x.y warning", "x.y error", "x.y critical"});
}

TEST_CASE("a queue passes records on, with or without a look at the levels behind it") {
  for (const bool respects : {false, true}) {
    CAPTURE(respects);
    const TempDir dir;
    const Session session{in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
      "filters": {"of_x": {"name": "x"}},
      "handlers": {
        "a": {"class": "logging.FileHandler", "filename": "@/a", "level": "ERROR"},
        "b": {"class": "logging.FileHandler", "filename": "@/b", "filters": ["of_x"]},
        "queue": {"class": "logging.handlers.QueueHandler", "level": "INFO", "handlers": ["a", "b"],
                  "respect_handler_level": )" +
                                          std::string{respects ? "true" : "false"} + R"(}},
      "root": {"level": "DEBUG", "handlers": ["queue"]}})")};
    log_all_levels(get_logger("x"));
    log_all_levels(get_logger("other"));
    const Texts above_info = {"info", "warning", "error", "critical"};
    if (respects) {
      CHECK(lines_of(dir / "a") == Texts{"error", "critical", "error", "critical"});
    } else {
      CHECK(lines_of(dir / "a") ==
            Texts{"info", "warning", "error", "critical", "info", "warning", "error", "critical"});
    }
    CHECK(lines_of(dir / "b") == above_info);
  }
}

TEST_CASE("a NullHandler takes records and writes nothing; without any handler, stderr does") {
  const StderrCapture stderr_capture;
  const Gain gain;
  {
    const Session session{
        R"({"version": 1, "disable_existing_loggers": false, "handlers": {"null": {"class": "logging.NullHandler"}},
      "root": {"level": "DEBUG", "handlers": ["null"]}})"};
    log_all_levels(get_logger("null"));
  }
  CHECK(stderr_capture.text() == "");
  {
    const Session session{
        R"({"version": 1, "disable_existing_loggers": false, "root": {"level": "DEBUG"}})"};
    log_all_levels(get_logger("nothing"));
    XYLEM_ERROR(get_logger("nothing"), "bare {}", 1, field("and", "no field"));
  }
  CHECK(stderr_capture.text() == "warning\nerror\ncritical\nbare 1\n");
  CHECK(gain.get().accepted == 11);
  CHECK(gain.get().written == 11);
}

TEST_CASE("handlers of one stream keep the order of the records") {
  const StderrCapture stderr_capture;
  {
    const Session session{R"({"version": 1, "disable_existing_loggers": false,
      "formatters": {"1": {"format": "one %(message)s"}, "2": {"format": "two %(message)s"}},
      "handlers": {"1": {"class": "logging.StreamHandler", "formatter": "1"},
                   "2": {"class": "logging.StreamHandler", "formatter": "2", "level": "ERROR"}},
      "root": {"level": "INFO", "handlers": ["1", "2"]}})"};
    XYLEM_INFO(get_logger("streams"), "a");
    XYLEM_ERROR(get_logger("streams"), "b");
    XYLEM_INFO(get_logger("streams"), "c");
  }
  CHECK(stderr_capture.text() == "one a\none b\ntwo b\none c\n");
}

TEST_CASE("a line that cannot be formatted is lost at its handler alone, and counted") {
  const StderrCapture stderr_capture;
  const TempDir dir;
  const Gain gain;
  const Session session{in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
    "formatters": {"bad": {"format": "%(nope)s"}},
    "handlers": {"a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "bad"},
                 "b": {"class": "logging.FileHandler", "filename": "@/b"}},
    "root": {"level": "INFO", "handlers": ["a", "b"]}})")};
  for (int i = 0; i < 3; ++i) XYLEM_INFO(get_logger("lost"), "{}", i);
  XYLEM_INFO(get_logger("lost"), "has it", field("nope", "yes"));
  CHECK(lines_of(dir / "b") == Texts{"0", "1", "2", "has it"});
  CHECK(lines_of(dir / "a") == Texts{"yes"});
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == 4);
  CHECK(stats.failed == 3);
  CHECK(stats.written == 1);
  CHECK(count(stderr_capture.text(), "Formatting field not found in record: 'nope'") == 1);
}

TEST_CASE("what failed stays counted when the engine is stopped and started again") {
  const StderrCapture stderr_capture;
  const TempDir dir;
  const Gain gain;
  for (int round = 1; round <= 3; ++round) {
    {
      const Session session{in_dir(
          dir,
          R"({"version": 1, "disable_existing_loggers": false, "formatters": {"bad": {"format": "%(nope)s"}},
        "handlers": {"a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "bad"}},
        "root": {"level": "INFO", "handlers": ["a"]}})")};
      XYLEM_INFO(get_logger("lost"), "");
    }
    CHECK(gain.get().failed == static_cast<std::uint64_t>(round));
    CHECK(gain.get().accepted == static_cast<std::uint64_t>(round));
    CHECK(gain.get().written == 0);
  }
}

TEST_CASE("one call site under two loggers, with texts short and long, gives every line its own") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]})")};
  const Logger loggers[] = {get_logger("one"), get_logger("two")};
  Texts expected;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string first(i * 17 % 90, static_cast<char>('a' + i % 26));
    // Some of these are too long for a ring.
    const std::string second(i % 7 == 0 ? 5'000 : i % 5, 'z');
    const Logger log = loggers[i % 3 == 0 ? 1 : 0];
    XYLEM_INFO(log, "{b}/{a}/{}", i, field("a", first), field("b", second));
    std::string line{log.name()};
    line += ' ';
    line.append(second).append("/").append(first).append("/").append(std::to_string(i));
    expected.push_back(line);
    XYLEM_INFO(log, "{}+{}", first, second);
    expected.push_back(std::string{log.name()} + ' ' + first + '+' + second);
  }
  CHECK(lines_of(dir / "a") == expected);
}
