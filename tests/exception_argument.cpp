// xylem::exception() and xylem::exception(thrown): an exception as an argument of any call.

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;
using xylem::testing::Capture;

namespace {

std::exception_ptr kept_exception() {
  try {
    try {
      throw std::invalid_argument{"the cause"};
    } catch (...) {
      std::throw_with_nested(std::runtime_error{"the outcome"});
    }
  } catch (...) {
    return std::current_exception();
  }
}

const std::exception_ptr no_exception;

}  // namespace

TEST_CASE("the exception being handled goes with a call of any level, message and fields as ever") {
  const Capture cap;
  const Logger log = xylem::get_logger("test");
  const auto bound = log.with(field("bound", 1));
  try {
    throw std::runtime_error{"refused"};
  } catch (const std::exception&) {
    XYLEM_WARNING(log, "{} of {}", 1, 2, xylem::exception(), field("x", 3));
    log.info("{} of {}", 1, xylem::exception(), 2, field("x", 3));
    XYLEM_DEBUG(bound, "{} of {}", 1, 2, field("x", 3), xylem::exception());
    bound.critical("{} of {}", 1, 2, field("x", 3), xylem::exception());
    log.exception("{} of {}", 1, 2, field("x", 3));
  }
  const auto records = cap.records();
  REQUIRE(records.size() == 5);
  for (const auto& record : records) {
    CHECK(record.message() == "1 of 2");
    CHECK(record.field("x") == 3);
    const std::string text{record.exc_text()};
    CHECK(text.starts_with("Traceback (most recent call last):\n  File \""));
    CHECK(text.ends_with("\nstd::runtime_error: refused"));
  }
  CHECK(records[0].level() == xylem::Level::warning);
  CHECK(records[2].field("bound") == 1);
  CHECK(records[3].level() == xylem::Level::critical);
}

TEST_CASE("an exception that was kept is laid out as by log.exception()") {
  const std::exception_ptr kept = kept_exception();
  const auto lines = logged([&](Logger log) {
    log.info("kept", xylem::exception(kept), field("x", 1));
    try {
      std::rethrow_exception(kept);
    } catch (...) {
      log.exception("handled", field("x", 1));
      log.error("of two the first", xylem::exception(kept_exception()), xylem::exception());
    }
    CHECK(std::current_exception() == nullptr);
  });
  REQUIRE(lines.size() == 3);
  for (const Line& line : lines) {
    const std::string text = line.string("exc_info");
    CHECK(
        text.starts_with("std::invalid_argument: the cause\n\nThe above exception was the direct "
                         "cause of the following exception:\n\nTraceback ("));
    CHECK(text.ends_with("\nstd::runtime_error: the outcome"));
  }
  CHECK(lines[0].message() == "kept");
  CHECK(lines[0].integer("x") == 1);
}

TEST_CASE("without an exception a record has no exc_info, and the next one has its own") {
  const auto log_some = [](Logger log) {
    const auto bound = log.with(field("b", 1));
    for (const std::exception_ptr& thrown : {no_exception, kept_exception(), no_exception}) {
      XYLEM_INFO(log, "{} {}", 1, "two", field("f", "f"), xylem::exception(thrown), field("g", 2));
      bound.info("{} {}", 1, xylem::exception(thrown), "two", field("f", "f"), field("g", 2));
    }
    XYLEM_INFO(log, "1 two", xylem::exception(), field("f", "f"), field("g", 2));
    XYLEM_INFO(log, "1 two", xylem::exception(), field("f", "f"),
               xylem::exception(kept_exception()), xylem::stack(), field("g", 2));
  };
  const auto lines = logged(log_some);
  REQUIRE(lines.size() == 8);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(i);
    CHECK(lines[i].message() == "1 two");
    const bool is_bound = i < 6 && i % 2 == 1;
    const std::string fields = is_bound ? R"("f":"f","g":2,"b":1)" : R"("f":"f","g":2)";
    CHECK(fields_of(lines[i]).ends_with(fields));
    const bool has_exception = i == 2 || i == 3 || i == 7;
    CHECK(lines[i].has("exc_info") == has_exception);
    CHECK(lines[i].has("stack_info") == (i == 7));
    if (!has_exception) {
      CHECK(fields_of(lines[i]) == fields);
      continue;
    }
    CHECK(lines[i].string("exc_info").ends_with("\nstd::runtime_error: the outcome"));
  }
  const Capture cap;
  log_some(xylem::get_logger("test"));
  const auto records = cap.records();
  REQUIRE(records.size() == 8);
  CHECK(records[0].exc_text().empty());
  CHECK(records[0].message() == "1 two");
  CHECK(records[0].field("g") == 2);
  CHECK(records[2].exc_text().ends_with("the outcome"));
}

TEST_CASE("without an exception a line of text ends where the message does, behind memories too") {
  const TempDir dir;
  {
    const Session session{
        R"({"version": 1, "disable_existing_loggers": false, "formatters": {"f": {"format": "%(levelname)s %(message)s."}},
        "handlers": {
          "file": {"class": "logging.FileHandler", "formatter": "f", "filename": ")" +
        (dir / "log") + R"("},
          "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 10, "target": "file"}},
        "root": {"level": "INFO", "handlers": ["file"]},
        "loggers": {"held": {"handlers": ["memory"], "propagate": false}}})"};
    for (const char* const name : {"test", "held"}) {
      const Logger log = xylem::get_logger(name);
      log.info("{}", name, xylem::exception());
      log.info("{} at last", name);
    }
  }
  CHECK(read_file(dir / "log") ==
        "INFO test.\nINFO test at last.\nINFO held.\nINFO held at last.\n");
}
