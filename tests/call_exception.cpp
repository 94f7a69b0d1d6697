// Exceptions in log calls: what stands in exc_info.

#include <exception>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

struct Thrown {};

TEST_CASE("an exception is logged with its type, its text and its causes") {
  const auto log_all = [](Logger log) {
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
  };
  const auto lines = logged(log_all, R"({"level": "levelname", "line": "lineno"})");
  REQUIRE(lines.size() == 2);
  for (const Line& line : lines) {
    CHECK(line.string("level") == "ERROR");
    CHECK(line.integer("x") == 2);
    const std::string text = line.string("exc_info");
    CHECK(text.find("std::invalid_argument: the cause") == 0);
    CHECK(text.find("direct cause of the following exception") != std::string::npos);
    const std::string end = "\nstd::runtime_error: the \"outcome\"\n";
    CHECK(text.find("cpp\", line " + std::to_string(line.integer("line")) + ", in ") !=
          std::string::npos);
    CHECK_MESSAGE(text.ends_with(end), text);
  }
  CHECK(lines[0].message() == "macro 1");
  CHECK(lines[1].message() == "free 1");
}

TEST_CASE("anything can be thrown, and nothing may have been") {
  const auto log_all = [](Logger log) {
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
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].string("exc_info").ends_with("\nint: 42"));
  CHECK(lines[1].string("exc_info").ends_with("\nstd::string: thrown text"));
  CHECK(lines[2].string("exc_info").starts_with("Thrown\n\n"));
  CHECK(lines[2].string("exc_info").ends_with(": outer"));
  CHECK(lines[3].string("exc_info") == "NoneType: None");
}
