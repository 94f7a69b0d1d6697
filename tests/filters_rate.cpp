// Filters that hold records back: some of many, bursts, repetitions. And what they tell of it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/record.hpp>
#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

#include "config/describe.hpp"
#include "config/dict_config.hpp"
#include "config/reach_answer.hpp"
#include "engine_support.hpp"
#include "leftover_support.hpp"

using namespace engine_test;
using namespace std::chrono_literals;
using xylem::field;
using xylem::testing::FakeClock;
using Strings = std::vector<std::string>;

namespace {

/// Where the filter stands.
struct Where {
  std::string handler = "[]";
  std::string logger = "[]";
  std::string queue = "[]";
};
const Where at_handler{R"(["f"])", "[]", "[]"};
const Where at_logger{"[]", R"(["f"])", "[]"};
const Where at_queue{"[]", "[]", R"(["f"])"};

std::string config(const TempDir& dir, const std::string& filter, const Where& where) {
  return R"j({"version": 1, "disable_existing_loggers": false, "filters": {"f": )j" + filter +
         R"j(}, "formatters": {
      "json": {"()": "xylem.JsonFormatter", "fmt_keys": {"level": "levelname", "logger": "name", "line": "lineno", "file": "filename"}}},
    "handlers": {
      "a": {"class": "logging.FileHandler", "formatter": "json", "filename": ")j" +
         dir / "a.jsonl" + R"j(", "filters": )j" + where.handler + R"j(},
      "b": {"class": "logging.FileHandler", "formatter": "json", "filename": ")j" +
         dir / "b.jsonl" + R"j("},
      "q": {"class": "logging.handlers.QueueHandler", "handlers": ["a", "b"], "respect_handler_level": true, "filters": )j" +
         where.queue + R"j(}},
    "loggers": {"rate": {"filters": )j" +
         where.logger + R"j(}}, "root": {"level": "DEBUG", "handlers": ["q"]}})j";
}

/// The lines of the handler `a`.
template <typename F>
std::vector<Line> held_back(const std::string& filter, const Where& where, F&& log_some) {
  const TempDir dir;
  const Session session{config(dir, filter, where)};
  log_some(xylem::get_logger("rate"));
  xylem::flush();
  if (&where != &at_handler) {
    CHECK(read_file(dir / "a.jsonl") == read_file(dir / "b.jsonl"));
  }
  return read_lines(dir / "a.jsonl");
}

template <typename F>
Strings texts(const std::string& filter, const Where& where, F&& log_some) {
  Strings texts;
  for (const Line& line : held_back(filter, where, log_some)) texts.push_back(line.message());
  return texts;
}

std::string refusal(const std::string& filter) {
  const TempDir dir;
  try {
    xylem::configure(config(dir, filter, at_handler));
  } catch (const xylem::ConfigError& error) {
    return error.what();
  }
  xylem::shutdown();
  return "accepted";
}

constexpr const char* duplicates = R"j({"()": "xylem.DuplicateFilter", "seconds": 5})j";
constexpr const char* burst =
    R"j({"()": "xylem.BurstFilter", "capacity": 2, "per_seconds": 10, "below": "ERROR"})j";
constexpr const char* first_two =
    R"j({"()": "xylem.SamplingFilter", "first": 2, "thereafter": 3, "per_seconds": 1000000})j";

}  // namespace

TEST_CASE("of records in a row that are alike the first is written, and how many followed") {
  for (const Where* const where : {&at_handler, &at_logger, &at_queue}) {
    const std::vector<Line> lines = held_back(duplicates, *where, [](const xylem::Logger& log) {
      for (int i = 0; i < 4; ++i) XYLEM_WARNING(log, "disk {} full", "a", field("i", i));
      log.error("disk a full");
      for (int i = 0; i < 2; ++i) log.error("gone");
      log.info("end");
    });
    REQUIRE(lines.size() == 6);
    CHECK(lines[0].message() == "disk a full");
    CHECK(lines[1].message() == "repeated 3 times: disk a full");
    CHECK(lines[1].integer("repeated") == 3);
    CHECK(lines[1].string("level") == "WARNING");
    CHECK(lines[1].string("logger") == "rate");
    CHECK(lines[1].integer("line") == lines[0].integer("line"));
    CHECK(lines[1].string("file") == "filters_rate.cpp");
    CHECK(lines[2].string("level") == "ERROR");
    CHECK(lines[4].message() == "repeated once: gone");
    CHECK(lines[5].message() == "end");
  }
}

TEST_CASE("repetitions are told at a flush, and when the time is over") {
  const TempDir dir;
  const Session session{config(dir, duplicates, at_handler)};
  const auto log = xylem::get_logger("rate");
  FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  const auto say = [&](int times) {
    for (int i = 0; i < times; ++i) log.info("again");
  };
  say(3);
  clock.advance(4s);  // flushes
  say(2);
  clock.advance(1s);
  say(2);
  xylem::flush();
  CHECK(messages(dir / "a.jsonl") == Strings{"again", "repeated 2 times: again",
                                             "repeated 2 times: again", "again",
                                             "repeated once: again"});
  CHECK(messages(dir / "b.jsonl") == Strings(7, "again"));
}

TEST_CASE("without a flush the end of the time is enough") {
  const TempDir dir;
  const Session session{
      config(dir, R"j({"()": "xylem.DuplicateFilter", "seconds": 0.001})j", at_handler)};
  xylem::get_logger("rate").info("again");
  xylem::get_logger("rate").info("again");
  const auto is_told = [&] {
    const Strings lines = messages(dir / "a.jsonl");
    return lines == Strings{"again", "repeated once: again"} || lines == Strings{"again", "again"};
  };
  for (int i = 0; i < 1000 && !is_told(); ++i) {
    std::this_thread::sleep_for(5ms);
  }
  CHECK(is_told());
}

TEST_CASE("a burst is cut off, what is important passes, and how many were held back is told") {
  for (const Where* const where : {&at_handler, &at_logger, &at_queue}) {
    const TempDir dir;
    const Session session{config(dir, burst, *where)};
    FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
    const auto log = xylem::get_logger("rate");
    for (int i = 0; i < 4; ++i) log.info("{}", i);
    log.warning("held");
    log.error("passes");
    clock.advance(4s);  // a record's worth is five; tells
    log.info("too early");
    clock.advance(1s);
    log.info("on time");
    log.info("too many");
    xylem::flush();
    const std::vector<Line> lines = read_lines(dir / "a.jsonl");
    Strings texts;
    for (const Line& line : lines) texts.push_back(line.message());
    CHECK(texts == Strings{"0", "1", "passes", "3 records held back by filter 'f'",
                           "1 record held back by filter 'f'", "on time",
                           "1 record held back by filter 'f'"});
    CHECK(lines.at(3).integer("held_back") == 3);
    CHECK(lines.at(3).string("level") == "WARNING");
    CHECK(lines.at(3).string("logger") == "rate");
  }
}

TEST_CASE("a filter that two handlers name counts for each of them") {
  const TempDir dir;
  const Session session{
      R"j({"version": 1, "disable_existing_loggers": false,
        "filters": {"f": {"()": "xylem.DuplicateFilter"}}, "handlers": {
        "a": {"class": "logging.FileHandler", "filename": ")j" +
      dir / "a" + R"j(", "filters": ["f"]},
        "b": {"class": "logging.FileHandler", "filename": ")j" +
      dir / "b" +
      R"j(", "filters": ["f"]}}, "root": {"level": "DEBUG", "handlers": ["a", "b"]}})j"};
  for (int i = 0; i < 3; ++i) xylem::get_logger("rate").info("x");
  xylem::flush();
  CHECK(read_file(dir / "a") == "x\nrepeated 2 times: x\n");
  CHECK(read_file(dir / "b") == read_file(dir / "a"));
}

TEST_CASE("the first of a call site pass, then every so-manyth") {
  for (const Where* const where : {&at_handler, &at_logger, &at_queue}) {
    const Strings lines = texts(first_two, *where, [](const xylem::Logger& log) {
      for (int i = 1; i <= 9; ++i) log.info("{}", i);
      for (int i = 1; i <= 3; ++i) XYLEM_INFO(log, "other {}", i);
    });
    CHECK(lines ==
          Strings{"1", "2", "5", "8", "other 1", "other 2", "6 records held back by filter 'f'"});
  }
}

TEST_CASE(
    "what calls of a sampled logger do not log is no record, and its arguments are not read") {
  const Gain gain;
  int evaluated = 0;
  texts(first_two, at_logger, [&](const xylem::Logger& log) {
    xylem::set_level("rate", xylem::Level::info);
    for (int i = 0; i < 4; ++i) XYLEM_INFO(log, "{}", i);
    for (int i = 0; i < 4; ++i) XYLEM_DEBUG(log, "{}", ++evaluated);
    const auto bound = log.with(field("a", 1));
    for (int i = 0; i < 4; ++i) XYLEM_INFO(bound, "{}", i);
    for (int i = 0; i < 4; ++i) bound.info("bound");
    for (int i = 0; i < 4; ++i) log.log(xylem::Level::error, "log");
    CHECK(log.enabled(xylem::Level::info));
    CHECK(bound.enabled(xylem::Level::info));
    CHECK_FALSE(log.enabled(xylem::Level::debug));
  });
  CHECK(evaluated == 0);
  CHECK(gain.get().accepted == 8);
  CHECK(gain.get().written == 8);
}

TEST_CASE("a context that is new when a call is sampled out is in the records that follow") {
  const std::vector<Line> lines = held_back(R"j({"()": "xylem.SamplingFilter", "rate": 0})j",
                                            at_logger, [](const xylem::Logger& log) {
                                              const auto other = xylem::get_logger("other");
                                              other.info("1");
                                              const xylem::Context context{field("id", 7)};
                                              log.info("no");
                                              other.info("2");
                                              other.info("3");
                                            });
  REQUIRE(lines.size() == 4);
  CHECK_FALSE(lines[0].has("id"));
  CHECK(lines[1].integer("id") == 7);
  CHECK(lines[2].integer("id") == 7);
}

TEST_CASE("a record made elsewhere is sampled with its logger") {
  const Strings lines = texts(R"j({"()": "xylem.SamplingFilter", "rate": 0, "below": "ERROR"})j",
                              at_logger, [](const xylem::Logger&) {
                                xylem::Record record;
                                record.name = "rate";
                                record.message = "elsewhere";
                                record.levelno = 30;
                                CHECK_FALSE(xylem::handle(record));
                                record.levelno = 40;
                                CHECK(xylem::handle(record));
                              });
  CHECK(lines == Strings{"elsewhere", "1 record held back by filter 'f'"});
}

TEST_CASE("the level of a sampled logger holds, and may change while it is sampled") {
  const TempDir dir;
  const Session session{config(
      dir, R"j({"()": "mylogger.SamplingFilter", "rate": 0, "below": "WARNING"})j", at_logger)};
  const auto log = xylem::get_logger("rate");
  xylem::set_level("rate", xylem::Level::error);
  CHECK_FALSE(log.enabled(xylem::Level::warning));
  log.warning("no");
  xylem::set_level("rate", xylem::Level::info);
  CHECK(log.enabled(xylem::Level::info));
  log.info("no");
  log.warning("yes");
  xylem::get_logger("rate.below").info("is not sampled");
  xylem::flush();
  CHECK(messages(dir / "a.jsonl") ==
        Strings{"yes", "is not sampled", "1 record held back by filter 'f'"});
}

TEST_CASE("a configuration that is loaded again samples as it did") {
  const TempDir dir;
  const std::string text = config(dir, first_two, at_logger);
  const Session session{text};
  xylem::configure(text);
  xylem::configure(text);
  for (int i = 1; i <= 9; ++i) xylem::get_logger("rate").info("{}", i);
  xylem::flush();
  CHECK(messages(dir / "a.jsonl") ==
        Strings{"1", "2", "5", "8", "5 records held back by filter 'f'"});
}

TEST_CASE("a rate is met, about, at a logger and at a handler") {
  for (const Where* const where : {&at_handler, &at_logger}) {
    const Strings lines = texts(R"j({"()": "xylem.SamplingFilter", "rate": 0.25})j", *where,
                                [](const xylem::Logger& log) {
                                  for (int i = 0; i < 4000; ++i) log.info("{}", i);
                                });
    // Ten standard deviations.
    CHECK(lines.size() > 720);
    CHECK(lines.size() < 1280);
    CHECK(lines.back() == std::to_string(4001 - lines.size()) + " records held back by filter 'f'");
  }
}

TEST_CASE("a sampled logger is a plain one again under a configuration without the filter") {
  const TempDir dir;
  {
    const Session session{config(dir, R"j({"()": "xylem.SamplingFilter", "rate": 0})j", at_logger)};
    xylem::get_logger("rate").info("no");
  }
  const Session session{config(dir, "{}", at_handler)};
  xylem::get_logger("rate").info("yes");
  xylem::flush();
  CHECK(messages(dir / "b.jsonl") == Strings{"1 record held back by filter 'f'", "yes"});
}

TEST_CASE("a recovery decides as the process did, and counts what it refuses as written") {
  using namespace leftover_test;
  CrashImage image;
  const std::uint64_t site = image.site(make_site("{}", {Kind::uint64}));
  const std::uint64_t logger = image.logger("rate");
  auto& ring = image.ring("t", 64, 0);
  for (std::uint64_t i = 0; i < 12; ++i) {
    std::string payload;
    append(payload, i / 4);
    ring.add(site, logger, 1000 + i, payload);
  }
  const auto recover = [&](const std::string& filter, const Where& where) {
    const TempDir dir;
    leave(dir / "crash", image.bytes());
    xylem::recover::Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/app.json";
    const StderrCapture quiet;
    xylem::recover::recover(request, *make_tree(config(dir, filter, where)));
    return messages(dir / "a.jsonl");
  };
  const Strings all{"0", "0", "0", "0", "1", "1", "1", "1", "2", "2", "2", "2"};
  // What calls let through has been sampled.
  CHECK(recover(R"j({"()": "xylem.SamplingFilter", "rate": 0})j", at_logger) == all);
  CHECK(recover(duplicates, at_handler) ==
        Strings{"0", "repeated 3 times: 0", "1", "repeated 3 times: 1", "2"});
  const std::string half = R"j({"()": "xylem.SamplingFilter", "rate": 0.5})j";
  const Strings some = recover(half, at_handler);
  CHECK(some.size() < 12);
  CHECK(some == recover(half, at_handler));
}

TEST_CASE("a clock that is set back holds nothing back") {
  const TempDir dir;
  const Session session{config(
      dir, R"j({"()": "xylem.BurstFilter", "capacity": 1, "per_seconds": 10})j", at_handler)};
  FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  const auto log = xylem::get_logger("rate");
  log.info("1");
  clock.advance(-24h);
  log.info("2");
  xylem::flush();
  CHECK(messages(dir / "a.jsonl") == Strings{"1", "2"});
}

TEST_CASE("what checks a configuration knows which filters may hold a record back") {
  const TempDir dir;
  const auto plan = xylem::config::parse(config(dir, burst, {R"(["f"])", R"(["f"])", "[]"}));
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  const std::string warning = xylem::config::answer(plan, "rate", 30);
  CHECK(has(warning, "made, but filter f holds a burst of these back"));
  CHECK(has(warning, "a.jsonl, but filter f holds a burst of these back\n"));
  CHECK(has(warning, "b.jsonl\n"));
  CHECK_FALSE(has(xylem::config::answer(plan, "rate", 40), "but filter"));
  CHECK(
      has(xylem::config::describe(plan), "xylem.BurstFilter: 2 at once and in 10 s, below ERROR"));
}

TEST_CASE("figures that make no sense are refused with their place") {
  const auto at = [](const std::string& key) { return " (at filters.f." + key + ")"; };
  const std::string prefix = "Unable to configure filter 'f': ";
  CHECK(refusal(R"j({"()": "xylem.SamplingFilter", "rate": 2})j") ==
        prefix + "rate must be from 0 to 1" + at("rate"));
  CHECK(refusal(R"j({"()": "xylem.SamplingFilter", "rate": 1, "first": 1})j") ==
        prefix + "rate, or first and thereafter: not both" + at("rate"));
  CHECK(refusal(R"j({"()": "xylem.SamplingFilter", "per_seconds": 1})j") ==
        prefix + "per_seconds goes with first and thereafter" + at("per_seconds"));
  CHECK(refusal(R"j({"()": "xylem.SamplingFilter", "first": -1})j") ==
        prefix + "first must be an integer of at least 0, not -1" + at("first"));
  CHECK(refusal(R"j({"()": "xylem.BurstFilter", "capacity": 0})j") ==
        prefix + "capacity must be an integer of at least 1, not 0" + at("capacity"));
  CHECK(refusal(R"j({"()": "xylem.BurstFilter", "below": "LOUD"})j") ==
        prefix + "Unknown level: 'LOUD'" + at("below"));
  CHECK(refusal(R"j({"()": "xylem.DuplicateFilter", "seconds": "5"})j") ==
        prefix + "seconds must be a number, not '5'" + at("seconds"));
  CHECK(refusal(R"j({"()": "xylem.DuplicateFilter", "seconds": 0})j") ==
        prefix + "seconds must be more than 0 and at most a thousand million" + at("seconds"));
}
