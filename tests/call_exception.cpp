// Exceptions in log calls: what stands in exc_info.

#include <exception>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

using xylem::field;
using xylem::Logger;
using xylem::testing::Capture;

struct Thrown {};

TEST_CASE("an exception is logged with its type, its text and its causes") {
  const Capture cap;
  const Logger log = xylem::get_logger("test");
  try {
    try {
      throw std::invalid_argument{"the cause"};
    } catch (...) {
      std::throw_with_nested(std::runtime_error{"the \"outcome\"\n"});
    }
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "macro {}", 1, field("x", 2));
    log.exception("free {}", 1, field("x", 2));
  }
  const auto records = cap.records();
  REQUIRE(records.size() == 2);
  for (const auto& record : records) {
    CHECK(record.level() == xylem::Level::error);
    CHECK(record.field("x") == 2);
    const std::string text{record.exc_text()};
    CHECK(text.find("std::invalid_argument: the cause") == 0);
    CHECK(text.find("direct cause of the following exception") != std::string::npos);
    CHECK(text.find("cpp\", line " + std::to_string(record.line()) + ", in ") != std::string::npos);
    CHECK_MESSAGE(text.ends_with("\nstd::runtime_error: the \"outcome\"\n"), text);
  }
  CHECK(records[0].message() == "macro 1");
  CHECK(records[1].message() == "free 1");
}

TEST_CASE("anything can be thrown, and nothing may have been") {
  const Capture cap;
  const Logger log = xylem::get_logger("test");
  try {
    throw 42;
  } catch (...) {
    XYLEM_EXCEPTION(log, "int");
  }
  try {
    throw std::string{"thrown text"};
  } catch (...) {
    log.exception("text");
  }
  try {
    try {
      throw Thrown{};
    } catch (...) {
      std::throw_with_nested(std::logic_error{"outer"});
    }
  } catch (...) {
    XYLEM_EXCEPTION(log, "nested");
  }
  XYLEM_EXCEPTION(log, "none");
  const auto records = cap.records();
  REQUIRE(records.size() == 4);
  CHECK(records[0].exc_text().ends_with("\nint: 42"));
  CHECK(records[1].exc_text().ends_with("\nstd::string: thrown text"));
  CHECK(records[2].exc_text().starts_with("Thrown\n\n"));
  CHECK(records[2].exc_text().ends_with(": outer"));
  CHECK(records[3].exc_text() == "NoneType: None");
}
