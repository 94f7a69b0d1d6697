// The formatter of the Python package python-json-logger: its objects, byte for byte.

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "config/dict_config.hpp"
#include "config/plan.hpp"
#include "config_support.hpp"
#include "engine_support.hpp"
#include "tool_support.hpp"

using config_test::check_refused;
using config_test::Refusal;

namespace {

constexpr std::string_view record =
    R"j({"name": "my_app.db", "msg": "h\u00e9llo", "args": null, "levelname": "ERROR", "levelno": 40, "pathname": "/src/app.py", "filename": "app.py", "module": "app", "exc_info": null, "exc_text": "ValueError: x\n  at y", "stack_info": null, "lineno": 7, "funcName": "run", "created": 1700000000.123456, "msecs": 123.0, "relativeCreated": 5.5, "thread": 1, "threadName": "MainThread", "processName": "MainProcess", "process": 2, "taskName": null, "user_id": 12, "_private": 1, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j";

struct Case {
  std::string_view arguments;
  std::string_view line;
};

// What python-json-logger 4.2.0 makes of the record in UTC.
const std::
    vector<Case>
        cases =
            {
                {R"j()j",
                 R"j({"message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(asctime)s %(levelname)s %(name)s %(message)s")j",
                 R"j({"asctime": "2023-11-14 22:13:20,123", "levelname": "ERROR", "name": "my_app.db", "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("format": "%(levelname)s %(nope)s %(user_id)d %(message)s")j",
                 R"j({"levelname": "ERROR", "nope": null, "user_id": 12, "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "{levelname}{message}", "style": "{")j",
                 R"j({"levelname": "ERROR", "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "$levelname ${message} $$ $user_id", "style": "$")j",
                 R"j({"levelname": "ERROR", "message": "h\u00e9llo", "user_id": 12, "exc_info": "ValueError: x\n  at y", "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": " levelname, message ,,name", "style": ",")j",
                 R"j({"levelname": "ERROR", "message": "h\u00e9llo", "name": "my_app.db", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": ["message", "levelno", "lineno", "taskName", "created"])j",
                 R"j({"message": "h\u00e9llo", "levelno": 40, "lineno": 7, "taskName": null, "created": 1700000000.123456, "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(message)s", "timestamp": true)j",
                 R"j({"message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}, "timestamp": "2023-11-14T22:13:20.123456+00:00"})j"},
                {R"j("fmt": "%(timestamp)s %(message)s", "timestamp": "ts")j",
                 R"j({"timestamp": null, "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}, "ts": "2023-11-14T22:13:20.123456+00:00"})j"},
                {R"j("fmt": "%(timestamp)s %(message)s", "timestamp": true)j",
                 R"j({"timestamp": "2023-11-14T22:13:20.123456+00:00", "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(levelname)s %(message)s", "rename_fields": {"levelname": "log.level", "user_id": "user", "zzz": "missing", "timestamp": "@timestamp"}, "timestamp": true)j",
                 R"j({"log.level": "ERROR", "message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}, "@timestamp": "2023-11-14T22:13:20.123456+00:00"})j"},
                {R"j("fmt": "%(message)s", "rename_fields": {"zzz": "missing", "message": "msg"}, "rename_fields_keep_missing": true)j",
                 R"j({"msg": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}, "missing": null})j"},
                {R"j("fmt": "%(message)s", "static_fields": {"service": "café", "n": 1, "deep": {"a": [1, 2.5, null, true]}, "user_id": "overwritten"})j", R"j({"message": "h\u00e9llo", "service": "caf\u00e9", "n": 1, "deep": {"a": [1, 2.5, null, true]}, "user_id": 12, "exc_info": "ValueError: x\n  at y", "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(message)s", "static_fields": {"level": "ext://logging.INFO", "s": "x"})j",
                 R"j({"message": "h\u00e9llo", "level": 20, "s": "x", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(message)s", "defaults": {"message": "never", "env": "dev", "user_id": 0})j",
                 R"j({"message": "h\u00e9llo", "env": "dev", "user_id": 12, "exc_info": "ValueError: x\n  at y", "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(message)s", "json_ensure_ascii": false)j",
                 R"j({"message": "héllo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "ü": "ü"}})j"},
                {R"j("fmt": "%(message)s", "reserved_attrs": ["user_id", "name", "msg", "args", "exc_info", "exc_text", "stack_info"])j",
                 R"j({"message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "levelname": "ERROR", "levelno": 40, "pathname": "/src/app.py", "filename": "app.py", "module": "app", "lineno": 7, "funcName": "run", "created": 1700000000.123456, "msecs": 123.0, "relativeCreated": 5.5, "thread": 1, "threadName": "MainThread", "processName": "MainProcess", "process": 2, "taskName": null, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(message)s", "prefix": "@cee: ")j",
                 R"j(@cee: {"message": "h\u00e9llo", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(asctime)s", "datefmt": "%Y/%m/%d")j",
                 R"j({"asctime": "2023/11/14", "exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "no names", "validate": false)j",
                 R"j({"exc_info": "ValueError: x\n  at y", "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
                {R"j("fmt": "%(exc_info)s %(message)s %(stack_info)s")j",
                 R"j({"exc_info": "ValueError: x\n  at y", "message": "h\u00e9llo", "stack_info": null, "user_id": 12, "tags": {"a": [1, 2.5, null], "\u00fc": "\u00fc"}})j"},
};

const std::vector<Refusal> refused = {
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "style": "x"}}})j",
     "Unable to configure formatter 'f': Style must be one of: '%{$,'", "formatters.f.style"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": "message"}}})j",
     "Unable to configure formatter 'f': Invalid format 'message' for '%' style",
     "formatters.f.fmt"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": "message", "style": "{"}}})j",
     "Unable to configure formatter 'f': invalid format: no fields", "formatters.f.fmt"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "json_indent": 2}}})j",
     "Unable to configure formatter 'f': json_indent is not available: each record is one line",
     "formatters.f.json_indent"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "json_default": "ext://mine.f"}}})j",
     "Unable to configure formatter 'f': json_default is not available",
     "formatters.f.json_default"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "exc_info_as_array": true}}})j",
     "Unable to configure formatter 'f': exc_info_as_array is not available",
     "formatters.f.exc_info_as_array"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "rename_field": {}}}})j",
     "Unable to configure formatter 'f': BaseJsonFormatter.__init__() got an unexpected keyword "
     "argument 'rename_field'. Did you mean 'rename_fields'?",
     "formatters.f.rename_field"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "rename_fields": {"a": 1}}}})j",
     "Unable to configure formatter 'f': Expected a string, got an integer",
     "formatters.f.rename_fields.a"},
    {R"j({"version": 1, "formatters": {"f": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": ["a", 1]}}})j",
     "Unable to configure formatter 'f': Expected a string, got an integer", "formatters.f.fmt[1]"},
};

std::string document(const std::string& file, std::string_view key, std::string_view name,
                     std::string_view arguments) {
  return fmt::format(R"({{"version": 1, "formatters": {{"f": {{"{}": "{}"{}{}}}}},
      "handlers": {{"file": {{"class": "logging.FileHandler", "filename": "{}",
                             "formatter": "f"}}}},
      "root": {{"level": "DEBUG", "handlers": ["file"]}}}})",
                     key, name, arguments.empty() ? "" : ", ", arguments, file);
}

}  // namespace

TEST_CASE("a record made in Python has the line that the package gives it") {
  ::setenv("TZ", "UTC", 1);
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const tool_test::WorkDir work;
    tool_test::write_file(
        work / "config.json",
        document("logs/out", "()", "pythonjsonlogger.json.JsonFormatter", c.arguments));
    const auto outcome =
        tool_test::run_xylem(work, {"pipe", "--config", work / "config.json", "--input", "records"},
                             std::string{record} + "\n");
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(tool_test::read_file(work / "logs/out") == std::string{c.line} + "\n");
  }
}

TEST_CASE("records of C++ calls have the same members, and their fields' types") {
  const sink_test::TempDir dir;
  const engine_test::Session session{document(
      dir / "log", "()", "pythonjsonlogger.jsonlogger.JsonFormatter",
      R"("fmt": "%(levelname)s %(message)s %(nothing)s", "rename_fields": {"levelname": "severity"},
         "static_fields": {"service": "shop"}, "timestamp": true)")};
  const xylem::Logger log = xylem::get_logger("shop");
  XYLEM_WARNING(log, "sold {n}", xylem::field("n", 3), xylem::field("_hidden", 1),
                xylem::field("service", "mine"), xylem::field("ok", true));
  try {
    throw std::runtime_error{"broken"};
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "failed");
  }
  xylem::flush();
  const auto lines = engine_test::read_lines(dir / "log");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].keys() == std::vector<std::string>{"severity", "message", "nothing", "service",
                                                    "n", "ok", "timestamp"});
  CHECK(lines[0].string("severity") == "WARNING");
  CHECK(lines[0].message() == "sold 3");
  CHECK(lines[0].raw("nothing") == "null");
  CHECK(lines[0].string("service") == "mine");
  CHECK(lines[0].raw("n") == "3");
  CHECK(lines[0].raw("ok") == "true");
  CHECK(lines[1].keys() == std::vector<std::string>{"severity", "message", "nothing", "service",
                                                    "exc_info", "timestamp"});
  CHECK(lines[1].string("exc_info").find("broken") != std::string::npos);
}

TEST_CASE("named by class it is handed the keys of every formatter, and no other") {
  const auto plan = xylem::config::parse(
      document("x", "class", "pythonjsonlogger.json.JsonFormatter",
               R"("format": "%(name)s", "timestamp": true, "zzz": 1, "fmt": "%(message)s")"));
  const auto& json = std::get<xylem::config::PythonJsonFormatterPlan>(plan.formatters.at(0).kind);
  CHECK(json.layout.required == std::vector<std::string>{"name"});
  CHECK(json.layout.timestamp.empty());
}

TEST_CASE("what its argument needs Python for is refused with its place") {
  for (const Refusal& refusal : refused) check_refused(refusal);
}
