// Levels while the program runs, names of levels, and calls that do not log every time.

// Calls of XYLEM_DEBUG are checked, and compiled to nothing.
#define XYLEM_COMPILED_LEVEL 20

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>

#include "engine_support.hpp"

using engine_test::logged;
using engine_test::messages;
using engine_test::Session;
using engine_test::ToFile;
using sink_test::TempDir;
using xylem::Level;
using xylem::testing::Capture;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const Capture& capture) {
  Texts texts;
  for (const auto& record : capture.records()) texts.emplace_back(record.message());
  return texts;
}

}  // namespace

TEST_CASE("a logger's level holds for it and for those below that have none") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  const xylem::Logger top = xylem::get_logger("levels");
  const xylem::Logger below = xylem::get_logger("levels.below");
  const xylem::Logger own = xylem::get_logger("levels.own");
  own.set_level(Level::critical);
  below.info("no");
  top.set_level(Level::info);
  CHECK(xylem::effective_level("levels.below") == Level::info);
  below.info("yes");
  own.error("no");
  xylem::set_level_below("levels", Level::error);
  CHECK(xylem::effective_level("levels.own") == Level::error);
  own.error("own");
  below.warning("no");
  top.set_level(Level::notset);
  CHECK(xylem::effective_level("levels") == Level::warning);
  top.warning("as root");
  xylem::flush();
  CHECK(messages(dir / "log") == Texts{"yes", "own", "as root"});
}

TEST_CASE("the next configuration says its own level of the loggers that it names") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "INFO"}};
  xylem::set_level("", Level::error);
  CHECK_FALSE(xylem::get_logger("levels").enabled(Level::info));
  xylem::configure(ToFile{dir / "log", "{}", "{}", "INFO"}.json());
  CHECK(xylem::get_logger("levels").enabled(Level::info));
}

TEST_CASE("levels change while threads log, and nothing that passed is lost") {
  const TempDir dir;
  const Session session{ToFile{dir / "log"}};
  std::atomic<bool> stop{false};
  std::thread speaker{[&stop] {
    const xylem::Logger log = xylem::get_logger("levels.busy");
    while (!stop) XYLEM_ERROR(log, "always");
  }};
  const engine_test::Gain gain;
  for (int i = 0; i < 50; ++i) {
    xylem::set_level("levels.busy", i % 2 == 0 ? Level::error : Level::debug);
  }
  stop = true;
  speaker.join();
  xylem::flush();
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == stats.written);
  CHECK(stats.dropped + stats.failed == 0);
}

TEST_CASE("a level with a name of its own is shown by it, and configurations know it") {
  constexpr Level notice{25};
  const auto before =
      logged([&](xylem::Logger log) { log.log(notice, "x"); }, R"({"level": "levelname"})");
  CHECK(before.at(0).string("level") == "Level 25");
  const TempDir dir;
  const Session session{ToFile{dir / "log", R"({"level": "levelname"})"}};
  const auto say = [] { xylem::get_logger("levels.named").log(notice, "x"); };
  say();
  xylem::add_level_name(notice, "NOTICE");
  say();
  xylem::configure(ToFile{dir / "log", R"({"level": "levelname"})", "{}", "NOTICE"}.json());
  const xylem::Logger log = xylem::get_logger("levels.named");
  log.info("no");
  say();
  xylem::flush();
  Texts names;
  for (const auto& line : engine_test::read_lines(dir / "log")) {
    names.push_back(line.string("level"));
  }
  CHECK(names == Texts{"Level 25", "NOTICE", "NOTICE"});
}

TEST_CASE("the name of a level and the level of a name") {
  CHECK(xylem::level_name(Level::warning) == "WARNING");
  CHECK(xylem::level_name(Level{15}) == "Level 15");
  CHECK(xylem::find_level("WARN") == Level::warning);
  CHECK_FALSE(xylem::find_level("warning").has_value());
  CHECK_FALSE(xylem::find_level("CHATTER").has_value());
  xylem::add_level_name(Level{15}, "CHATTER");
  CHECK(xylem::level_name(Level{15}) == "CHATTER");
  CHECK(xylem::find_level("CHATTER") == Level{15});
}

TEST_CASE("every nth call") {
  const Capture cap;
  const xylem::Logger log = xylem::get_logger("levels");
  for (int i = 0; i < 7; ++i) XYLEM_INFO_EVERY_N(3, log, "{}", i);
  for (int i = 0; i < 2; ++i) XYLEM_WARNING_EVERY_N(0, log, "all {}", i);
  CHECK(texts_of(cap) == Texts{"0", "3", "6", "all 0", "all 1"});
}

TEST_CASE("every nth call counts the calls of all threads together") {
  const Capture cap;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([log = xylem::get_logger("levels")] {
      for (int i = 0; i < 1000; ++i) XYLEM_ERROR_EVERY_N(100, log, "x");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(cap.records().size() == 40);
}

TEST_CASE("at most once in a while, and at once the first time") {
  const Capture cap;
  const xylem::Logger log = xylem::get_logger("levels");
  for (int i = 0; i < 100; ++i) XYLEM_INFO_EVERY(1h, log, "hourly {}", i);
  for (int i = 0; i < 3; ++i) XYLEM_INFO_EVERY(0s, log, "always {}", i);
  for (int i = 0; i < 2; ++i) {
    XYLEM_CRITICAL_EVERY(1ms, log, "{}", i);
    std::this_thread::sleep_for(2ms);
  }
  CHECK(texts_of(cap) == Texts{"hourly 0", "always 0", "always 1", "always 2", "0", "1"});
}

TEST_CASE("once, and only under a condition") {
  const Capture cap;
  const xylem::Logger log = xylem::get_logger("levels");
  for (int i = 0; i < 3; ++i) {
    XYLEM_INFO_ONCE(log, "once");
    XYLEM_ERROR_IF(i == 1, log, "i is {}", i, xylem::field("i", i));
  }
  if (log.name().empty())
    XYLEM_WARNING_ONCE(log, "a macro is one statement");
  else
    XYLEM_WARNING_ONCE(log, "else");
  CHECK(texts_of(cap) == Texts{"once", "i is 1", "else"});
}

TEST_CASE("below the logger's level nothing counts and nothing is evaluated") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  const xylem::Logger log = xylem::get_logger("levels.quiet");
  int evaluated = 0;
  const auto say = [&] {
    XYLEM_INFO_ONCE(log, "{}", ++evaluated);
    XYLEM_INFO_IF(++evaluated > 0, log, "x");
  };
  say();
  CHECK(evaluated == 0);
  log.set_level(Level::info);
  say();
  CHECK(evaluated == 2);
}

TEST_CASE("what is compiled out does not log, whatever the level") {
  const Capture cap;
  const xylem::Logger log = xylem::get_logger("levels");
  int evaluated = 0;
  XYLEM_DEBUG(log, "{}", ++evaluated);
  XYLEM_DEBUG_EVERY_N(1, log, "{}", ++evaluated);
  log.debug("a function");
  CHECK(evaluated == 0);
  CHECK(texts_of(cap) == Texts{"a function"});
}

TEST_CASE("macros take a level of one's own, and evaluate nothing below the logger's") {
  static constexpr Level notice{25};
  const TempDir dir;
  const Session session{ToFile{dir / "log", R"({"level": "levelname"})", "{}", "WARNING"}};
  xylem::add_level_name(notice, "NOTICE");
  const xylem::Logger log = xylem::get_logger("levels.own");
  int evaluated = 0;
  const auto say = [&] {
    XYLEM_LOG(notice, log, "{}", ++evaluated);
    XYLEM_LOG_EVERY_N(2, notice, log, "{} of two", ++evaluated);
    XYLEM_LOG_EVERY(1h, notice, log, "{} an hour", ++evaluated);
    XYLEM_LOG_ONCE(notice, log, "{} once", ++evaluated);
    XYLEM_LOG_IF(evaluated > 0, notice, log, "{} if", ++evaluated);
  };
  say();
  CHECK(evaluated == 0);
  log.set_level(notice);
  say();
  say();
  CHECK(evaluated == 7);
  xylem::flush();
  CHECK(messages(dir / "log") ==
        Texts{"1", "2 of two", "3 an hour", "4 once", "5 if", "6", "7 if"});
  for (const auto& line : engine_test::read_lines(dir / "log")) {
    CHECK(line.string("level") == "NOTICE");
  }
}

TEST_CASE("a level of one's own is compiled out like those that have a macro") {
  const Capture cap;
  const xylem::Logger log = xylem::get_logger("levels");
  int evaluated = 0;
  XYLEM_LOG(Level{19}, log, "{}", ++evaluated);
  XYLEM_LOG_ONCE(Level{19}, log, "{}", ++evaluated);
  XYLEM_LOG(Level{20}, log.with(xylem::field("a", 1)), "left in");
  if (log.name().empty())
    XYLEM_LOG(Level::error, log, "a macro is one statement");
  else
    XYLEM_LOG(Level::error, log, "else");
  CHECK(evaluated == 0);
  CHECK(texts_of(cap) == Texts{"left in", "else"});
}

namespace {

/// A config with names for levels, and `rest` behind its root.
std::string with_levels(const std::string& file, const std::string& levels,
                        const std::string& rest = {}) {
  return R"j({"version": 1, "disable_existing_loggers": false, "xylem": {"levels": )j" + levels +
         R"j(}, "formatters": {"j": {"()": "xylem.JsonFormatter", "fmt_keys": {"l": "levelname"}}},
             "handlers": {"h": {"class": "logging.FileHandler", "formatter": "j", "level": "FINE",
                                "filename": ")j" +
         file + R"j("}}, "root": {"level": "FINEST", "handlers": ["h"]})j" + rest + "}";
}

}  // namespace

TEST_CASE("a config names levels, uses the names itself, and lines show them") {
  const TempDir dir;
  const Session session{with_levels(dir / "log",
                                    R"({"FINER": 7, "FINE": 8, "FINEST": 3, "ALERT": 60})",
                                    R"(, "loggers": {"levels.quiet": {"level": "ALERT"}})")};
  const xylem::Logger log = xylem::get_logger("levels.fine");
  CHECK(xylem::effective_level("levels.fine") == Level{3});
  CHECK(xylem::effective_level("levels.quiet") == Level{60});
  log.log(Level{7}, "below the handler's");
  log.log(Level{8}, "fine");
  log.log(Level{60}, "alert");
  log.log(Level::info, "as ever");
  xylem::flush();
  Texts names;
  for (const auto& line : engine_test::read_lines(dir / "log")) names.push_back(line.string("l"));
  CHECK(names == Texts{"FINE", "ALERT", "INFO"});
  // Also for changes of what is in force, and in code.
  xylem::configure(R"({"version": 1, "incremental": true, "root": {"level": "ALERT"}})");
  CHECK(xylem::effective_level("levels.fine") == Level{60});
}

TEST_CASE("names for levels of a config that is refused are known to nobody") {
  const TempDir dir;
  const std::string levels = R"({"FINE": 8, "FINEST": 3, "NOWHERE": 4})";
  CHECK_THROWS_AS(
      xylem::configure(with_levels(dir / "log", levels, R"(, "loggers": {"a": {"level": "NO"}})")),
      xylem::ConfigError);
  // Found out only when it is built.
  CHECK_THROWS_AS(xylem::configure(with_levels(dir / "none/log", levels)), xylem::ConfigError);
  CHECK_THROWS_AS(xylem::configure(R"({"version": 1, "root": {"level": "NOWHERE"}})"),
                  xylem::ConfigError);
}

TEST_CASE("a name that moves to another number is that number's from then on") {
  const TempDir dir;
  const auto levels_now = [&](const std::string& levels) {
    const Session session{with_levels(dir / "log", levels)};
    xylem::get_logger("").log(Level{8}, "8");
    xylem::get_logger("").log(Level{9}, "9");
    xylem::flush();
    Texts names;
    for (const auto& line : engine_test::read_lines(dir / "log")) names.push_back(line.string("l"));
    return Texts{names.end() - 2, names.end()};
  };
  CHECK(levels_now(R"({"FINEST": 3, "FINE": 8, "A": 9})") == Texts{"FINE", "A"});
  CHECK(levels_now(R"({"FINEST": 3, "FINE": 8, "B": 9})") == Texts{"FINE", "B"});
  CHECK(levels_now(R"({"FINEST": 3, "FINE": 8, "A": 9})") == Texts{"FINE", "A"});
}

TEST_CASE("levels are set as an operator writes them, all or none") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  xylem::add_level_name(Level{26}, "Chatty");
  const auto level_of = [](const char* logger) { return xylem::effective_level(logger); };
  xylem::set_levels(" error, levels.env = Debug,,levels.env.own=Chatty,levels.env.low=5,");
  CHECK(level_of("levels.else") == Level::error);
  CHECK(level_of("levels.env.x") == Level::debug);
  CHECK(level_of("levels.env.own") == Level{26});
  CHECK(level_of("levels.env.low") == Level{5});
  xylem::set_levels("");
  CHECK_THROWS_WITH_AS(xylem::set_levels("info,levels.env=debgu"), "Unknown level: 'debgu'",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(xylem::set_levels("a="), "Unknown level: ''", std::invalid_argument);
  CHECK(level_of("levels.else") == Level::error);
}

TEST_CASE("off is below no record, and a program's own OFF is its own") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  const xylem::Logger log = xylem::get_logger("levels.silent");
  xylem::set_levels("Off,levels.loud=error");
  log.critical("no");
  log.log(Level{1000}, "no");
  xylem::get_logger("levels.loud").error("yes");
  xylem::set_levels("levels.silent=INFO");
  log.info("again");
  xylem::add_level_name(Level{100}, "OFF");
  xylem::set_levels("off");
  CHECK(xylem::effective_level("levels.else") == Level{100});
  xylem::flush();
  CHECK(messages(dir / "log") == Texts{"yes", "again"});
}

TEST_CASE("levels come from the environment, where it has them") {
  const TempDir dir;
  const Session session{ToFile{dir / "log", "{}", "{}", "WARNING"}};
  ::unsetenv("XYLEM_LEVELS");
  CHECK_FALSE(xylem::set_levels_from_env());
  ::setenv("XYLEM_LEVELS", "", 1);
  CHECK_FALSE(xylem::set_levels_from_env());
  ::setenv("XYLEM_LEVELS", "levels.env=INFO", 1);
  CHECK(xylem::set_levels_from_env());
  CHECK(xylem::effective_level("levels.env") == Level::info);
  ::setenv("MY_APP_LEVELS", "verbose", 1);
  CHECK_THROWS_WITH_AS(xylem::set_levels_from_env("MY_APP_LEVELS"),
                       "MY_APP_LEVELS: Unknown level: 'verbose'", std::invalid_argument);
}
