// Loggers with bound fields (Logger::with): macros and functions, chains, equal keys.

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::BoundLogger;
using xylem::field;
using xylem::Logger;

namespace {

using Strings = std::vector<std::string>;

Strings all_fields(const std::vector<Line>& lines) {
  Strings fields;
  for (const Line& line : lines) fields.push_back(fields_of(line));
  return fields;
}

}  // namespace

TEST_CASE("every way to log by a bound logger carries its fields behind the record's own") {
  const auto lines = logged(
      [](const Logger& log) {
        const BoundLogger db = log.with(field("component", "db"), field("shard", 3));
        XYLEM_DEBUG(db, "1");
        XYLEM_INFO(db, "{}", 2, field("own", 0.5));
        XYLEM_WARNING(log.with(field("component", "db"), field("shard", 3)), "3");
        db.debug("4");
        db.info("{} {}", 5, "five");
        db.warning("6");
        db.error("7");
        db.critical("8");
        db.log(xylem::Level::info, "9");
      },
      R"({"level": "levelname", "logger": "name"})");
  const std::string fields = R"("component":"db","shard":3)";
  CHECK(all_fields(lines) == Strings{fields, R"("own":0.5,)" + fields, fields, fields, fields,
                                     fields, fields, fields, fields});
  CHECK(lines[4].message() == "5 five");
  CHECK(lines[7].string("level") == "CRITICAL");
  CHECK(lines[0].string("logger") == "test");
}

TEST_CASE("with() adds; of equal keys the last counts, the record's own most of all") {
  const auto lines = logged([](const Logger& log) {
    const BoundLogger first = log.with(field("a", 1), field("b", 1));
    const BoundLogger second = first.with(field("b", "two"), field("c", 2));
    XYLEM_INFO(second, "m");
    XYLEM_INFO(second, "m", field("a", nullptr));
    XYLEM_INFO(first, "m");
    XYLEM_INFO(second.logger(), "m");
  });
  CHECK(all_fields(lines) ==
        Strings{R"("b":"two","c":2,"a":1)", R"("a":null,"b":"two","c":2)", R"("a":1,"b":1)", ""});
}

TEST_CASE("bound fields stand between the record's own and the context's") {
  const auto lines = logged([](const Logger& log) {
    const BoundLogger bound = log.with(field("x", "bound"), field("y", "bound"));
    const xylem::Context context{field("y", "context"), field("z", "context")};
    XYLEM_INFO(bound, "{x} {y} {z}", field("x", "own"));
    XYLEM_INFO(bound, "m");
  });
  CHECK(lines[0].message() == "own bound context");
  CHECK(all_fields(lines) == Strings{R"("x":"own","y":"bound","z":"context")",
                                     R"("x":"bound","y":"bound","z":"context")"});
}

TEST_CASE("an exception keeps its place beside bound fields") {
  const auto lines = logged([](const Logger& log) {
    const BoundLogger bound = log.with(field("a", 1));
    try {
      throw std::runtime_error{"boom"};
    } catch (const std::exception&) {
      XYLEM_EXCEPTION(bound, "macro {}", 1, field("own", 2));
      bound.exception("function {}", 2);
    }
  });
  REQUIRE(lines.size() == 2);
  for (const Line& line : lines) {
    CHECK(line.string("exc_info").ends_with("std::runtime_error: boom"));
    CHECK(line.integer("a") == 1);
  }
  CHECK(lines[0].message() == "macro 1");
  CHECK(lines[1].message() == "function 2");
  CHECK(lines[0].integer("own") == 2);
}

TEST_CASE("below its level a bound logger evaluates nothing") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .level = "WARNING"}};
  const BoundLogger bound = xylem::get_logger("test").with(field("a", 1));
  int evaluated = 0;
  XYLEM_INFO(bound, "{}", ++evaluated);
  XYLEM_WARNING(bound, "{}", ++evaluated);
  CHECK(evaluated == 1);
  CHECK(!bound.enabled(xylem::Level::info));
  CHECK(bound.name() == "test");
}

TEST_CASE("copies of a bound logger share its fields across threads, beyond its end") {
  const auto lines = logged([](const Logger& log) {
    std::vector<std::thread> threads;
    {
      const std::string text(100, 'x');
      const BoundLogger bound = log.with(field("text", text));
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([copy = bound] {
          for (int n = 0; n < 100; ++n) {
            const BoundLogger other = copy;
            XYLEM_INFO(other, "m");
          }
        });
      }
    }
    for (std::thread& thread : threads) thread.join();
  });
  REQUIRE(lines.size() == 400);
  for (const Line& line : lines) CHECK(line.string("text") == std::string(100, 'x'));
}

TEST_CASE("bound fields too large for a ring go with the record") {
  const auto lines = logged([](const Logger& log) {
    const std::string text(5000, 'y');
    const BoundLogger bound = log.with(field("text", text), field("n", 1));
    XYLEM_INFO(bound, "{}", "m", field("own", text));
    XYLEM_INFO(bound, "short");
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].string("own") == lines[0].string("text"));
  CHECK(lines[1].string("text").size() == 5000);
}

TEST_CASE("no fields are no fields") {
  const Line line = logged_line([](const Logger& log) { XYLEM_INFO(log.with(), "m"); });
  CHECK(fields_of(line).empty());
}

TEST_CASE("the level of a bound logger is that of the logger") {
  const auto lines = logged([](const Logger& log) {
    const BoundLogger bound = log.with(field("b", 1));
    bound.set_level(xylem::Level::error);
    CHECK(!bound.enabled(xylem::Level::warning));
    log.warning("too low");
    XYLEM_WARNING(bound, "too low");
    bound.set_level(xylem::Level::warning);
    bound.warning("high enough");
    bound.set_level(xylem::Level::notset);
  });
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].message() == "high enough");
}
