// Filters that are added and removed while the program runs.

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/extend.hpp>
#include <xylem/filters.hpp>
#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::RecordView;
using Strings = std::vector<std::string>;

TEST_CASE("a function filters a logger from its call until it is removed") {
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  const auto log = xylem::get_logger("code");
  log.info("1", field("path", "/health"));
  const xylem::FilterHandle quiet = xylem::add_filter(
      "code", [](const RecordView& record) { return record.field("path") != "/health"; });
  log.info("2", field("path", "/health"));
  log.info("3", field("path", "/"));
  xylem::get_logger("code.below").info("4", field("path", "/health"));
  CHECK(xylem::remove_filter(quiet));
  log.info("5", field("path", "/health"));
  CHECK_FALSE(xylem::remove_filter(quiet));
  CHECK_FALSE(xylem::remove_filter({}));
  xylem::flush();
  CHECK(messages(dir / "a") == Strings{"1", "3", "4", "5"});
}

TEST_CASE("a handler's filter looks at all that comes to it, and goes with it") {
  const TempDir dir;
  xylem::FilterHandle filter;
  {
    const Session session{ToFile{dir / "a"}};
    filter = xylem::add_handler_filter(
        "file", [](const RecordView& record) { return record.levelno() > 20; });
    xylem::get_logger("one").info("no");
    xylem::get_logger("two").warning("yes");
    xylem::configure(ToFile{dir / "b"}.json());
    xylem::get_logger("one").info("new");
    CHECK_FALSE(xylem::remove_filter(filter));
  }
  CHECK(messages(dir / "a") == Strings{"yes"});
  CHECK(messages(dir / "b") == Strings{"new"});
}

TEST_CASE("the engine's filters are added by what a configuration says of them") {
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  const auto log = xylem::get_logger("code");
  const auto redaction = xylem::add_handler_filter(
      "file", R"j({"()": "xylem.RedactionFilter", "patterns": ["secret"]})j");
  const auto sampling =
      xylem::add_filter("code", R"j({"()": "xylem.SamplingFilter", "rate": 0, "below": "ERROR"})j");
  const Gain gain;
  log.info("not logged");
  log.error("secret");
  xylem::flush();
  CHECK(gain.get().accepted == 1);
  CHECK(xylem::remove_filter(sampling));
  CHECK(xylem::remove_filter(redaction));
  log.info("secret");
  xylem::flush();
  CHECK(messages(dir / "a") ==
        Strings{"***REDACTED***", "1 record held back by filter 'xylem.SamplingFilter'", "secret"});
}

TEST_CASE("a registered filter can be added by its name") {
  xylem::register_filter("myapp.Short", [](const RecordView& r) { return r.message().size() < 3; });
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  xylem::add_filter("", R"j({"()": "myapp.Short"})j");
  xylem::get_logger().info("long");
  xylem::get_logger().info("no");
  xylem::flush();
  CHECK(messages(dir / "a") == Strings{"no"});
}

TEST_CASE("what a filter throws costs the record, and the others go on") {
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  const StderrCapture err;
  const Gain gain;
  const auto filter = xylem::add_handler_filter("file", [](const RecordView& record) -> bool {
    if (record.message() == "bad") throw std::runtime_error{"no"};
    return true;
  });
  xylem::get_logger("code").info("bad");
  xylem::get_logger("code").info("good");
  xylem::flush();
  CHECK(messages(dir / "a") == Strings{"good"});
  CHECK(gain.get().failed == 1);
  CHECK(gain.get().written == 1);
}

TEST_CASE("what cannot be added is refused, and everything stays as it is") {
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  CHECK_THROWS_WITH_AS(xylem::add_handler_filter("none", R"({"name": "a"})"),
                       "There is no handler 'none'", xylem::ConfigError);
  CHECK_THROWS_AS(xylem::add_filter("code", R"j({"()": "no.Such"})j"), xylem::ConfigError);
  CHECK_THROWS_AS(xylem::add_filter("code", "{"), xylem::ConfigError);
  xylem::get_logger("code").info("x");
  xylem::flush();
  CHECK(messages(dir / "a") == Strings{"x"});
}

TEST_CASE("filters come and go while threads log, and no record is lost") {
  const TempDir dir;
  const Session session{ToFile{dir / "a"}};
  const Gain gain;
  constexpr int records = 2000;
  std::thread other{[] {
    const auto log = xylem::get_logger("code");
    for (int i = 0; i < records; ++i) log.info("{}", i);
  }};
  for (int i = 0; i < 20; ++i) {
    const auto one = xylem::add_filter("code", [](const RecordView&) { return true; });
    const auto two = xylem::add_handler_filter("file", R"j({"()": "xylem.DuplicateFilter"})j");
    CHECK(xylem::remove_filter(one));
    CHECK(xylem::remove_filter(two));
  }
  other.join();
  xylem::flush();
  CHECK(gain.get().written == records);
  CHECK(messages(dir / "a").size() == records);
}
