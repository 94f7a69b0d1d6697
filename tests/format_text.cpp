#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "record/foreign.hpp"
#include "sink_support.hpp"
#include "text_support.hpp"

namespace {

using namespace record_test;
using xylem::format::FormatError;
using xylem::format::TextFormatter;
using xylem::record::Foreign;
using xylem::record::Value;

/// The line of a record made elsewhere.
std::string foreign_line(TextFormatter::Options options, const Foreign& record) {
  TextFormatter formatter{std::move(options)};
  const Site site = make_site("{}", {arg("packed")});
  const Thread thread = make_thread("consumer");
  return line_of(formatter, {&site, "other.app", &thread, sample_time_ns, nullptr, &record});
}

Foreign full_record() {
  Foreign record;
  record.levelno = 35;
  record.message = "given message";
  record.levelname = "NOTICE";
  record.created = 1700000000.123456;
  record.msecs = 123.0;
  record.relative_created = 1234.567;
  record.module = "mod";
  record.filename = "mod.py";
  record.pathname = "/srv/app/mod.py";
  record.func_name = "handler";
  record.lineno = 7;
  record.thread = 140;
  record.thread_name = "Worker-1";
  record.process = 99;
  record.process_name = "Pool-2";
  record.task_name = "Task-3";
  return record;
}

std::string foreign(std::string format, const Foreign& record = full_record()) {
  return foreign_line({.format = std::move(format)}, record);
}

}  // namespace

TEST_CASE("a pattern shows every attribute of a record of this process") {
  const auto show = [](std::string format) {
    return native({.format = std::move(format)}, {arg(std::int64_t{5})}, "{} hellos");
  };
  CHECK(show("%(name)s") == "my_app.db");
  CHECK(show("%(msg)s") == "{} hellos");
  CHECK(show("%(args)s") == "None");
  CHECK(show("%(levelname)s") == "INFO");
  CHECK(show("%(levelno)s") == "20");
  CHECK(show("%(pathname)s") == "src/db/pool.cpp");
  CHECK(show("%(filename)s") == "pool.cpp");
  CHECK(show("%(module)s") == "pool");
  CHECK(show("%(lineno)d") == "42");
  CHECK(show("%(funcName)s") == "connect");
  CHECK(show("%(process)d") == std::to_string(getpid()));
  CHECK(show("%(processName)s") == "MainProcess");
  CHECK(show("%(taskName)s") == "None");
  CHECK(show("%(thread)d") == "140000000000001");
  CHECK(show("%(threadName)s") == "MainThread");
  CHECK(show("%(message)s") == "5 hellos");
  CHECK(show("%(created)f") == "1706023253.151737");
  CHECK(show("%(created)s") == "1706023253.151737");
  CHECK(show("%(msecs)d") == "151");
  CHECK(show("%(msecs)s") == "151.0");
  CHECK(show("%(exc_info)s %(exc_text)s %(stack_info)s") == "None None None");
}

TEST_CASE("a pattern shows every attribute of a record made elsewhere") {
  CHECK(foreign("%(name)s") == "other.app");
  CHECK(foreign("%(msg)s|%(message)s") == "given message|given message");
  CHECK(foreign("%(levelname)s %(levelno)d") == "NOTICE 35");
  CHECK(foreign("%(pathname)s %(filename)s %(module)s") == "/srv/app/mod.py mod.py mod");
  CHECK(foreign("%(lineno)04d %(funcName)s") == "0007 handler");
  CHECK(foreign("%(process)d %(processName)s") == "99 Pool-2");
  CHECK(foreign("%(thread)#x %(threadName)s") == "0x8c Worker-1");
  CHECK(foreign("%(taskName)r") == "'Task-3'");
  CHECK(foreign("%(created).3f %(msecs)03d %(relativeCreated)d %(relativeCreated)s") ==
        "1700000000.123 123 1234 1234.567");
}

TEST_CASE("what a record made elsewhere does not say has makeLogRecord's default") {
  Foreign record;
  record.levelno = 15;
  record.message = "m";
  CHECK(foreign("%(levelname)s", record) == "Level 15");
  CHECK(foreign("%(pathname)s|%(filename)s|%(module)s|%(lineno)d", record) == "|||0");
  CHECK(foreign("%(funcName)s %(taskName)s", record) == "None None");
  CHECK(foreign("%(processName)s %(threadName)s", record) == "MainProcess consumer");
  CHECK(foreign("%(created)f", record) == "1706023253.151737");
  record.levelno = 30;
  CHECK(foreign("%(levelname)s", record) == "WARNING");
}

TEST_CASE("milliseconds that a record does not give are those of its own time") {
  Foreign record;
  record.created = 1700000000.75;
  CHECK(foreign("%(msecs)s", record) == "750.0");
  CHECK(foreign("%(asctime).23s", record).ends_with(":20,750"));
  record.created = -0.25;
  CHECK(foreign("%(msecs)s", record) == "750.0");
}

TEST_CASE("asctime is local time with milliseconds, or what datefmt says") {
  const NewYork zone;
  const auto show = [](std::string format, std::string datefmt, std::int64_t time_ns) {
    return native({.format = std::move(format), .datefmt = std::move(datefmt)}, {}, "m", time_ns);
  };
  constexpr std::int64_t winter_ns = 1'700'000'000'123'456'789;
  constexpr std::int64_t summer_ns = 1'690'000'000'007'000'000;
  CHECK(show("%(asctime)s", "", winter_ns) == "2023-11-14 17:13:20,123");
  CHECK(show("%(asctime)s", "", summer_ns) == "2023-07-22 00:26:40,007");
  CHECK(show("%(asctime)s", "%Y-%m-%dT%H:%M:%S%z", winter_ns) == "2023-11-14T17:13:20-0500");
  CHECK(show("%(asctime)s", "%Y-%m-%dT%H:%M:%S%z", summer_ns) == "2023-07-22T00:26:40-0400");
  CHECK(show("%(asctime)s", "%H:%M %Z %f %%", winter_ns) == "17:13 EST %f %");
  CHECK(show("%(asctime).19s|%(asctime)-25s|", "", winter_ns) ==
        "2023-11-14 17:13:20|2023-11-14 17:13:20,123  |");
  CHECK(show("%(asctime)s", "", -2'000'000) == "1969-12-31 18:59:59,998");
}

TEST_CASE("asctime of a record made elsewhere takes its second and its own milliseconds") {
  const NewYork zone;
  Foreign record = full_record();
  CHECK(foreign("%(asctime)s", record) == "2023-11-14 17:13:20,123");
  record.msecs = 7.9;
  CHECK(foreign("%(asctime)s", record) == "2023-11-14 17:13:20,007");
  CHECK(foreign_line({.format = "%(asctime)s", .datefmt = "%S"}, record) == "20");
  record.created = 1e300;
  CHECK(foreign("%(asctime)s", record).starts_with("error: timestamp out of range"));
}

TEST_CASE("the texts of exception and stack follow, each on a line of its own") {
  const std::vector<Arg> args = {arg("Traceback:\n  boom", Kind::exception)};
  CHECK(native({.format = "%(message)s"}, args) == "hello\nTraceback:\n  boom");
  CHECK(native({.format = "%(message)s\n"}, args) == "hello\nTraceback:\n  boom");
  CHECK(native({.format = "%(message)s"}, args, "ends\n") == "ends\nTraceback:\n  boom");
  CHECK(native({.format = "%(message)s"}, args, "") == "\nTraceback:\n  boom");

  Foreign record = full_record();
  record.exc_text = "E: 1";
  CHECK(foreign("%(message)s", record) == "given message\nE: 1");
  record.stack_info = "Stack (most recent call last):\n  here";
  CHECK(foreign("%(message)s", record) ==
        "given message\nE: 1\nStack (most recent call last):\n  here");
  record.exc_text = "E: 1\n";
  CHECK(foreign("%(message)s", record) ==
        "given message\nE: 1\nStack (most recent call last):\n  here");
  record.exc_text.reset();
  CHECK(foreign("%(message)s\n", record) ==
        "given message\nStack (most recent call last):\n  here");
  record.stack_info = "";
  record.exc_text = "";
  CHECK(foreign("%(message)s", record) == "given message");
}

TEST_CASE("fields of both kinds of records stand in a pattern with their types") {
  const std::vector<Arg> args = {arg(std::int64_t{12345}).named("user_id"),
                                 arg("caf\xc3\xa9").named("place"),
                                 arg(true).named("ok"),
                                 arg(nullptr).named("none"),
                                 arg(0.1f).named("ratio"),
                                 arg(2.0).named("two")};
  CHECK(native({.format = "%(user_id)06d %(place)r %(place)a %(ok)s %(none)s %(ratio)s %(two)s"},
               args) == "012345 'caf\xc3\xa9' 'caf\\xe9' True None 0.1 2.0");

  Foreign record = full_record();
  record.extras = {{"user_id", "12345"},
                   {"big", "123456789012345678901234567890"},
                   {"place", R"("caf\u00e9")"},
                   {"ok", "true"},
                   {"tags", R"(["a", {"b": null}, 1.5])"}};
  CHECK(foreign("%(user_id)06d %(big)d %(place)s %(ok)s %(tags)s", record) ==
        "012345 123456789012345678901234567890 caf\xc3\xa9 True ['a', {'b': None}, 1.5]");
}

TEST_CASE("of two fields with one name the last one counts") {
  const std::vector<Arg> args = {arg(std::int64_t{1}).named("n"), arg("two").named("n")};
  CHECK(native({.format = "%(n)s"}, args) == "two");
}

TEST_CASE("defaults stand in for what a record lacks, and only for that") {
  const TextFormatter::Options options{
      .format = "%(who)s %(n)03d %(x)s",
      .defaults = {{"who", Value::of(std::string_view{}), "nobody"},
                   {"n", Value::of(std::int64_t{7})},
                   {"x", Value::none()}}};
  CHECK(native(options) == "nobody 007 None");
  CHECK(native(options, {arg("me").named("who"), arg(std::int64_t{8}).named("n")}) ==
        "me 008 None");
  Foreign record = full_record();
  CHECK(foreign_line(options, record) == "nobody 007 None");
  record.extras = {{"who", R"("them")"}, {"x", "[]"}};
  CHECK(foreign_line(options, record) == "them 007 []");
}

TEST_CASE("a name that nothing bears, and a value of the wrong type, are errors of the record") {
  CHECK(native({.format = "%(message)s %(nope)s"}) ==
        "error: Formatting field not found in record: 'nope'");
  CHECK(foreign("%(nope)d") == "error: Formatting field not found in record: 'nope'");
  // A time stamp is what the JSON formatters add; to a pattern it is a name like others.
  CHECK(native({.format = "%(timestamp)s"}) ==
        "error: Formatting field not found in record: 'timestamp'");
  CHECK(native({.format = "%(x)d"}, {arg("five").named("x")}) ==
        "error: %d format: a real number is required, not str");
  CHECK(native({.format = "%(levelname)d"}) ==
        "error: %d format: a real number is required, not str");
  CHECK(native({.format = "%(message)"}) == "error: incomplete format");
  CHECK(foreign("%(message)") == "error: incomplete format");
}

TEST_CASE("a line that cannot be formatted is lost at its handler only, counted, reported once") {
  const sink_test::TempDir dir;
  const sink_test::StderrCapture captured;
  xylem::configure(fmt::format(R"({{"version": 1,
      "formatters": {{"good": {{"format": "%(levelname)s %(message)s"}},
                     "bad": {{"format": "%(message)s %(nope)s"}}}},
      "handlers": {{"good": {{"class": "logging.FileHandler", "formatter": "good",
                             "filename": "{0}/good.log"}},
                   "bad": {{"class": "logging.FileHandler", "formatter": "bad",
                           "filename": "{0}/bad.log"}}}},
      "root": {{"level": "INFO", "handlers": ["bad", "good"]}}}})",
                               dir.path()));
  const xylem::Stats before = xylem::stats();
  const xylem::Logger log = xylem::get_logger("format_text");
  for (int i = 0; i < 3; ++i) log.info("number {}", i);
  log.info("number {}", 3, xylem::field("nope", 1));
  xylem::Record record;
  record.message = "from elsewhere";
  CHECK(xylem::handle(record));
  xylem::flush();
  CHECK(sink_test::read_file(dir / "good.log") ==
        "INFO number 0\nINFO number 1\nINFO number 2\nINFO number 3\nINFO from elsewhere\n");
  CHECK(sink_test::read_file(dir / "bad.log") == "number 3 1\n");
  const xylem::Stats after = xylem::stats();
  CHECK(after.accepted - before.accepted == 5);
  CHECK(after.failed - before.failed == 4);
  CHECK(after.written - before.written == 1);
  CHECK(captured.text() ==
        "xylem: handler 'bad' lost a record: Formatting field not found in record: 'nope'\n");
  xylem::shutdown();
}
