#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "format/json_formatter.hpp"
#include "format/python_text.hpp"
#include "record/foreign.hpp"
#include "record_support.hpp"

namespace {

using namespace record_test;
using xylem::format::JsonFormatter;
using xylem::record::Foreign;
using xylem::record::Value;

using Pairs = std::vector<std::pair<std::string, std::string>>;

enum Texts : unsigned { plain = 0, with_exception = 1, with_stack = 2, with_both = 3 };

/// A record and the line that the guideline's own MyJSONFormatter, run by CPython 3.13, makes of
/// it.
struct Case {
  std::string name;
  Pairs fmt_keys;
  Pairs extras;  // {key, JSON}
  Texts texts;
  std::string line;  // or "error: " and the exception's message
};

constexpr std::string_view message = "connection \"lost\"\n";
constexpr std::string_view exception_text =
    "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\n"
    "ZeroDivisionError: division by zero";
constexpr std::string_view stack_text =
    "Stack (most recent call last):\n  File \"main.py\", line 5";

const Pairs guideline_keys = {{"level", "levelname"},     {"message", "message"},
                              {"timestamp", "timestamp"}, {"logger", "name"},
                              {"module", "module"},       {"function", "funcName"},
                              {"line", "lineno"},         {"thread_name", "threadName"}};

const std::
    vector<Case>
        cases =
            {
                {"no keys",
                 {},
                 {},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"no keys, exception",
                 {},
                 {},
                 with_exception,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero"})"},
                {"no keys, stack",
                 {},
                 {},
                 with_stack,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "stack_info": "Stack (most recent call last):\n  File \"main.py\", line 5"})"},
                {"no keys, both",
                 {},
                 {{"x", "1"}},
                 with_both,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "stack_info": "Stack (most recent call last):\n  File \"main.py\", line 5", "x": 1})"},
                {"the guideline's keys",
                 guideline_keys,
                 {},
                 plain,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "logger": "my_app.db", "module": "pool", "function": "connect", "line": 42, "thread_name": "MainThread"})"},
                {"the guideline's keys and an extra",
                 guideline_keys,
                 {{"x", "\"hello\""}},
                 plain,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "logger": "my_app.db", "module": "pool", "function": "connect", "line": 42, "thread_name": "MainThread", "x": "hello"})"},
                {"the guideline's keys and an exception",
                 guideline_keys,
                 {},
                 with_exception,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "logger": "my_app.db", "module": "pool", "function": "connect", "line": 42, "thread_name": "MainThread", "exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero"})"},
                {"the guideline's keys, exception, stack and extras",
                 guideline_keys,
                 {{"x", "1"}, {"y", "[1]"}},
                 with_both,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "logger": "my_app.db", "module": "pool", "function": "connect", "line": 42, "thread_name": "MainThread", "exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "stack_info": "Stack (most recent call last):\n  File \"main.py\", line 5", "x": 1, "y": [1]})"},
                {"only the message mapped",
                 {{"message", "message"}},
                 {},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"only the time stamp mapped",
                 {{"timestamp", "timestamp"}},
                 {},
                 plain,
                 R"({"timestamp": "2024-01-23T15:20:53.151737+00:00", "message": "connection \"lost\"\n"})"},
                {"time stamp before message",
                 {{"timestamp", "timestamp"}, {"message", "message"}},
                 {},
                 plain,
                 R"({"timestamp": "2024-01-23T15:20:53.151737+00:00", "message": "connection \"lost\"\n"})"},
                {"message under another name",
                 {{"msg", "message"}},
                 {},
                 plain,
                 R"({"msg": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"time stamp under another name", {{"time", "timestamp"}, {"level", "levelname"}}, {}, plain, R"({"time": "2024-01-23T15:20:53.151737+00:00", "level": "ERROR", "message": "connection \"lost\"\n"})"},
                {"both under other names",
                 {{"m", "message"}, {"t", "timestamp"}},
                 {{"x", "null"}},
                 plain,
                 R"({"m": "connection \"lost\"\n", "t": "2024-01-23T15:20:53.151737+00:00", "x": null})"},
                {"names exchanged",
                 {{"message", "timestamp"}, {"timestamp", "message"}},
                 {},
                 plain,
                 R"({"message": "2024-01-23T15:20:53.151737+00:00", "timestamp": "connection \"lost\"\n"})"},
                {"message key with another attribute",
                 {{"message", "levelname"}},
                 {},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"message key with msg",
                 {{"message", "msg"}, {"a", "name"}},
                 {},
                 plain,
                 R"({"message": "connection \"lost\"\n", "a": "my_app.db", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"time stamp key with another attribute",
                 {{"timestamp", "created"}, {"z", "lineno"}},
                 {},
                 plain,
                 R"({"timestamp": "2024-01-23T15:20:53.151737+00:00", "z": 42, "message": "connection \"lost\"\n"})"},
                {"message key for the level, message elsewhere",
                 {{"message", "levelname"}, {"text", "message"}},
                 {},
                 plain,
                 R"({"message": "ERROR", "text": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"time stamp key for the level, time stamp elsewhere",
                 {{"timestamp", "levelname"}, {"when", "timestamp"}},
                 {},
                 plain,
                 R"({"timestamp": "ERROR", "when": "2024-01-23T15:20:53.151737+00:00", "message": "connection \"lost\"\n"})"},
                {"exc_info mapped without an exception",
                 {{"error", "exc_info"}},
                 {},
                 plain,
                 R"({"error": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_info mapped with an exception",
                 {{"error", "exc_info"}, {"level", "levelname"}},
                 {},
                 with_exception,
                 R"({"error": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_info mapped first, nothing else",
                 {{"exc_info", "exc_info"}},
                 {},
                 with_exception,
                 R"({"exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_info mapped under its name without an exception",
                 {{"exc_info", "exc_info"}},
                 {},
                 plain,
                 R"({"exc_info": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"stack_info mapped without a stack",
                 {{"stack", "stack_info"}},
                 {},
                 plain,
                 R"({"stack": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"stack_info mapped with a stack",
                 {{"stack", "stack_info"}},
                 {},
                 with_stack,
                 R"({"stack": "Stack (most recent call last):\n  File \"main.py\", line 5", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"stack_info mapped with a stack, twice",
                 {{"stack", "stack_info"}, {"again", "stack_info"}},
                 {},
                 with_stack,
                 R"({"stack": "Stack (most recent call last):\n  File \"main.py\", line 5", "again": "Stack (most recent call last):\n  File \"main.py\", line 5", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"both mapped, in the other order",
                 {{"s", "stack_info"}, {"e", "exc_info"}},
                 {},
                 with_both,
                 R"({"s": "Stack (most recent call last):\n  File \"main.py\", line 5", "e": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"both mapped, none there",
                 {{"s", "stack_info"}, {"e", "exc_info"}},
                 {},
                 plain,
                 R"({"s": null, "e": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_info key with another attribute, no exception",
                 {{"exc_info", "levelno"}},
                 {},
                 plain,
                 R"({"exc_info": 40, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_info key with another attribute, exception",
                 {{"exc_info", "levelno"}},
                 {},
                 with_exception,
                 R"({"exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"stack_info key with another attribute",
                 {{"stack_info", "name"}, {"q", "lineno"}},
                 {},
                 with_stack,
                 R"({"stack_info": "Stack (most recent call last):\n  File \"main.py\", line 5", "q": 42, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"exc_text is null",
                 {{"e", "exc_text"}},
                 {},
                 plain,
                 R"({"e": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"one attribute under two keys",
                 {{"a", "levelname"}, {"b", "levelname"}},
                 {},
                 plain,
                 R"({"a": "ERROR", "b": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"one attribute under three keys",
                 {{"a", "lineno"}, {"b", "lineno"}, {"c", "lineno"}},
                 {{"a", "0"}},
                 plain,
                 R"({"a": 0, "b": 42, "c": 42, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"time stamp under two keys",
                 {{"a", "timestamp"}, {"b", "timestamp"}},
                 {},
                 plain,
                 R"(error: 'LogRecord' object has no attribute 'timestamp')"},
                {"time stamp under two keys, with an extra of that name",
                 {{"a", "timestamp"}, {"b", "timestamp"}},
                 {{"timestamp", "5"}},
                 plain,
                 R"({"a": "2024-01-23T15:20:53.151737+00:00", "b": 5, "message": "connection \"lost\"\n", "timestamp": 5})"},
                {"every attribute",
                 {{"name", "name"},
                  {"msg", "msg"},
                  {"levelname", "levelname"},
                  {"levelno", "levelno"},
                  {"pathname", "pathname"},
                  {"filename", "filename"},
                  {"module", "module"},
                  {"lineno", "lineno"},
                  {"funcName", "funcName"},
                  {"created", "created"},
                  {"msecs", "msecs"},
                  {"thread", "thread"},
                  {"threadName", "threadName"},
                  {"processName", "processName"},
                  {"taskName", "taskName"}},
                 {},
                 plain,
                 R"({"name": "my_app.db", "msg": "connection \"lost\"\n", "levelname": "ERROR", "levelno": 40, "pathname": "src/db/pool.cpp", "filename": "pool.cpp", "module": "pool", "lineno": 42, "funcName": "connect", "created": 1706023253.151737, "msecs": 151.0, "thread": 140000000000001, "threadName": "MainThread", "processName": "MainProcess", "taskName": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"an attribute that no record has",
                 {{"a", "nope"}},
                 {},
                 plain,
                 R"(error: 'LogRecord' object has no attribute 'nope')"},
                {"an attribute that no record has, exception there",
                 {{"a", "levelname"}, {"b", "nope"}, {"c", "name"}},
                 {},
                 with_exception,
                 R"(error: 'LogRecord' object has no attribute 'nope')"},
                {"wrong case",
                 {{"a", "LevelName"}},
                 {},
                 plain,
                 R"(error: 'LogRecord' object has no attribute 'LevelName')"},
                {"empty attribute name",
                 {{"a", ""}},
                 {},
                 plain,
                 R"(error: 'LogRecord' object has no attribute '')"},
                {"empty key",
                 {{"", "levelname"}},
                 {},
                 plain,
                 R"({"": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"keys that need escapes",
                 {{"le\"vel", "levelname"},
                  {"café", "name"},
                  {"new\nline", "lineno"},
                  {"😀", "module"}},
                 {},
                 plain,
                 R"({"le\"vel": "ERROR", "caf\u00e9": "my_app.db", "new\nline": 42, "\ud83d\ude00": "pool", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"an extra mapped",
                 {{"user", "user_id"}},
                 {{"user_id", "12345"}},
                 plain,
                 R"({"user": 12345, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "user_id": 12345})"},
                {"an extra mapped under its own name",
                 {{"user_id", "user_id"}, {"level", "levelname"}},
                 {{"a", "1"}, {"user_id", "12345"}},
                 plain,
                 R"({"user_id": 12345, "level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "a": 1})"},
                {"an extra mapped twice",
                 {{"u", "user_id"}, {"v", "user_id"}},
                 {{"user_id", "\"me\""}},
                 plain,
                 R"({"u": "me", "v": "me", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "user_id": "me"})"},
                {"an extra mapped whose value is null",
                 {{"u", "user_id"}},
                 {{"user_id", "null"}},
                 plain,
                 R"({"u": null, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "user_id": null})"},
                {"an extra overrides a mapped key in its place",
                 guideline_keys,
                 {{"level", "\"X\""}, {"line", "[4, 2]"}},
                 plain,
                 R"({"level": "X", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "logger": "my_app.db", "module": "pool", "function": "connect", "line": [4, 2], "thread_name": "MainThread"})"},
                {"an extra overrides the unmapped time stamp",
                 {{"message", "message"}},
                 {{"timestamp", "\"yesterday\""}, {"z", "1"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "yesterday", "z": 1})"},
                {"an extra overrides a key mapped to the message",
                 {{"text", "message"}, {"level", "levelname"}},
                 {{"text", "0"}},
                 plain,
                 R"({"text": 0, "level": "ERROR", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"an extra overrides a key mapped to exc_info",
                 {{"error", "exc_info"}, {"level", "levelname"}},
                 {{"error", "false"}},
                 with_exception,
                 R"({"error": false, "level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
                {"an extra overrides another mapped extra",
                 {{"a", "b"}},
                 {{"b", "1"}, {"a", "2"}},
                 plain,
                 R"({"a": 2, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "b": 1})"},
                {"extras keep their order",
                 {},
                 {{"z", "1"}, {"a", "2"}, {"m", "3"}, {"A", "4"}, {"10", "5"}, {"9", "6"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "z": 1, "a": 2, "m": 3, "A": 4, "10": 5, "9": 6})"},
                {"extras of every type",
                 {{"level", "levelname"}},
                 {{"i", "-7"},
                  {"big", "9223372036854775807"},
                  {"f", "0.1"},
                  {"g", "1e+16"},
                  {"h", "-0.0"},
                  {"s", "\"caf\\u00e9 \\\"x\\\"\\t\""},
                  {"t", "true"},
                  {"n", "null"},
                  {"l", "[]"},
                  {"o", "{}"}},
                 plain,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "i": -7, "big": 9223372036854775807, "f": 0.1, "g": 1e+16, "h": -0.0, "s": "caf\u00e9 \"x\"\t", "t": true, "n": null, "l": [], "o": {}})"},
                {"nested extras",
                 {},
                 {{"o", "{\"b\": [1, {\"a\": null}], \"a\": \"\\u20ac\"}"}, {"l", "[[], [[]]]"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "o": {"b": [1, {"a": null}], "a": "\u20ac"}, "l": [[], [[]]]})"},
                {"integers of any size",
                 {},
                 {{"a", "18446744073709551615"},
                  {"b", "18446744073709551616"},
                  {"c", "-10000000000000000000000000000000000000000"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "a": 18446744073709551615, "b": 18446744073709551616, "c": -10000000000000000000000000000000000000000})"},
                {"an extra with an empty name",
                 {},
                 {{"", "1"}, {" ", "2"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "": 1, " ": 2})"},
                {"an extra with a name that needs escapes",
                 {},
                 {{"café", "1"}, {"a\"b", "2"}, {"😀", "3"}, {"\001", "4"}},
                 plain,
                 R"({"message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "caf\u00e9": 1, "a\"b": 2, "\ud83d\ude00": 3, "\u0001": 4})"},
                {"an extra named like a later part of the line",
                 {{"level", "levelname"}},
                 {{"exc_text2", "1"}, {"stack", "2"}, {"msg2", "3"}},
                 with_both,
                 R"({"level": "ERROR", "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00", "exc_info": "Traceback (most recent call last):\n  File \"main.py\", line 31, in main\n    1 / 0\nZeroDivisionError: division by zero", "stack_info": "Stack (most recent call last):\n  File \"main.py\", line 5", "exc_text2": 1, "stack": 2, "msg2": 3})"},
                {"key of an attribute for an extra, extra of that name too",
                 {{"levelname", "x"}, {"x", "levelname"}},
                 {{"x", "9"}},
                 plain,
                 R"({"levelname": 9, "x": 9, "message": "connection \"lost\"\n", "timestamp": "2024-01-23T15:20:53.151737+00:00"})"},
};

/// The record as one that was made elsewhere.
std::string foreign_line(const Case& c) {
  Foreign record;
  record.levelno = 40;
  record.message = message;
  record.levelname = "ERROR";
  record.created = 1706023253.151737;
  record.msecs = 151.0;
  record.pathname = "src/db/pool.cpp";
  record.filename = "pool.cpp";
  record.module = "pool";
  record.lineno = 42;
  record.func_name = "connect";
  record.thread = 140'000'000'000'001;
  record.thread_name = "MainThread";
  record.process_name = "MainProcess";
  if ((c.texts & with_exception) != 0) record.exc_text = exception_text;
  if ((c.texts & with_stack) != 0) record.stack_info = stack_text;
  for (const auto& [key, json] : c.extras) record.extras.push_back({key, json});
  JsonFormatter formatter{{.fmt_keys = c.fmt_keys}};
  const Site site = make_site("{}", {arg("packed")});
  const Thread thread = make_thread("consumer");
  return line_of(formatter, {&site, "my_app.db", &thread, 0, nullptr, &record});
}

/// An extra as a program would log it.
Arg field_of(const std::string& key, const std::string& json) {
  std::string scratch;
  const Value value = xylem::format::value_of_json(json, scratch);
  switch (value.type) {
    case Value::Type::boolean:
      return arg(value.boolean).named(key);
    case Value::Type::int64:
      return arg(value.int64).named(key);
    case Value::Type::uint64:
      return arg(value.uint64).named(key);
    case Value::Type::float64:
      return arg(value.float64).named(key);
    case Value::Type::text:
      return arg(std::string{value.text}).named(key);
    case Value::Type::null:
      return arg(nullptr).named(key);
    default:
      return arg(json, Kind::json).named(key);
  }
}

/// The same from a call site of this process.
std::string native_line(const Case& c) {
  std::vector<Arg> args;
  for (const auto& [key, json] : c.extras) args.push_back(field_of(key, json));
  if ((c.texts & with_exception) != 0) {
    args.push_back(arg(std::string{exception_text}, Kind::exception));
  }
  Site site = make_site(std::string{message}, args);
  site.level = xylem::Level::error;
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  JsonFormatter formatter{{.fmt_keys = c.fmt_keys}};
  return line_of(formatter, {&site, "my_app.db", &thread, sample_time_ns, payload.data(), nullptr});
}

}  // namespace

TEST_CASE("the members of a JSON line and their order are those of the guideline's formatter") {
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(foreign_line(c) == c.line);
    // A call has no stack to give.
    if ((c.texts & with_stack) == 0) CHECK(native_line(c) == c.line);
    // simdjson takes no integers beyond 64 bits.
    const bool is_parsable = !c.line.starts_with("error: ") && c.name != "integers of any size";
    if (is_parsable) CHECK(!Json{c.line}.keys().empty());
  }
}

TEST_CASE("what Python's records have once a text line was made of them is there from the start") {
  // There, a second `message` and `asctime` depend on which handler came first.
  const Site site = make_site("m", {});
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> none = encode({});
  JsonFormatter formatter{{.fmt_keys = {{"a", "message"}, {"b", "message"}, {"c", "asctime"}}}};
  const Json line{
      line_of(formatter, {&site, "root", &thread, sample_time_ns, none.data(), nullptr})};
  CHECK(line.keys() == std::vector<std::string>{"a", "b", "c", "timestamp"});
  CHECK(line.text("a") == "m");
  CHECK(line.text("b") == "m");
  CHECK(line.text("c").ends_with(":53,151"));
}

TEST_CASE("a field that bears an attribute's name is never lost") {
  const std::vector<Arg> args = {arg("mine").named("levelname"), arg("text").named("message")};
  const Site site = make_site("m", args);
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  const View view{&site, "root", &thread, sample_time_ns, payload.data(), nullptr};
  JsonFormatter formatter{{.fmt_keys = {{"level", "levelname"}}}};
  CHECK(line_of(formatter, view) ==
        R"({"level": "INFO", "message": "text", "timestamp": "2024-01-23T15:20:53.151737+00:00", )"
        R"("levelname": "mine"})");
}

TEST_CASE("asctime of a record made elsewhere is of its own time") {
  Foreign record;
  record.created = 86400.5;
  record.msecs = 500;
  JsonFormatter formatter{{.fmt_keys = {{"t", "asctime"}}}};
  const Site site = make_site("{}", {arg("packed")});
  const Thread thread = make_thread("consumer");
  const Json line{line_of(formatter, {&site, "root", &thread, sample_time_ns, nullptr, &record})};
  CHECK(line.text("t").starts_with("1970-01-0"));
  CHECK(line.text("t").ends_with(",500"));
}
