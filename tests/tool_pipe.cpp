#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tool_support.hpp"

namespace {

using namespace tool_test;
using namespace std::string_view_literals;

constexpr std::string_view jsonl = "logs/my_app.log.jsonl";

/// A config with one file that never rolls over, in the formatter given as JSON.
std::string file_config(const WorkDir& work, std::string_view formatter) {
  const std::string path = work / "config.json";
  write_file(path, fmt::format(R"({{"version": 1, "formatters": {{"f": {}}},
      "handlers": {{"file": {{"class": "logging.FileHandler", "filename": "logs/out.log",
                             "formatter": "f"}}}},
      "root": {{"level": "DEBUG", "handlers": ["file"]}}}})",
                               formatter));
  return path;
}

constexpr std::string_view plain_json = R"j({"()": "mylogger.MyJSONFormatter"})j";

/// What pipe makes of records under a config with one file; its other output must be empty.
std::vector<std::string> piped_records(std::string_view formatter, std::string_view input) {
  const WorkDir work;
  const Outcome outcome = run_xylem(
      work, {"pipe", "--config", file_config(work, formatter), "--input", "records"}, input);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  return lines_of(read_file(work / "logs/out.log"));
}

std::string piped_record(std::string_view formatter, std::string_view record) {
  const auto lines = piped_records(formatter, std::string{record} + "\n");
  REQUIRE(lines.size() == 1);
  return lines[0];
}

std::string on_one_line(std::string text) {
  std::erase(text, '\n');
  return text;
}

std::vector<std::string> messages_of(const std::vector<std::string>& lines) {
  std::vector<std::string> messages;
  for (const std::string& line : lines) messages.push_back(text_member(line, "message"));
  return messages;
}

}  // namespace

TEST_CASE("pipe logs every line of its input, whatever bytes it has") {
  const WorkDir work;
  const std::string_view input =
      "first\n\n\n  two words \r\nnul\0inside\nbad \xff\xc3 utf-8 \xe2\x82\xac\n"
      "{\"not\": \"parsed\"}\n%s {} {0} \\n\nno newline at the end"sv;
  const Outcome outcome =
      run_xylem(work, {"pipe", "--config", config("2-stderr-json-file.json")}, input);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  const auto lines = lines_of(read_file(work / jsonl));
  CHECK(messages_of(lines) ==
        std::vector<std::string>{"first", "", "", "  two words \r", std::string("nul\0inside", 10),
                                 "bad \xef\xbf\xbd\xef\xbf\xbd utf-8 \xe2\x82\xac",
                                 R"({"not": "parsed"})", "%s {} {0} \\n", "no newline at the end"});
  for (const std::string& line : lines) {
    CHECK(text_member(line, "level") == "INFO");
    CHECK(text_member(line, "logger") == "root");
    CHECK(text_member(line, "thread_name") == "MainThread");
    CHECK(keys_of(line) == std::vector<std::string>{"level", "message", "timestamp", "logger",
                                                    "module", "function", "line", "thread_name"});
  }
}

TEST_CASE("pipe keeps lines of a mebibyte whole, and of every length around a slot's") {
  const WorkDir work;
  std::vector<std::string> expected;
  for (std::size_t size = 0; size < 300; ++size) expected.emplace_back(size, 'a');
  for (const std::size_t size : {2000UL, 2048UL, 65536UL, 1UL << 20}) {
    expected.push_back(std::string(size, 'b') + "\xe2\x82\xac");
  }
  expected.emplace_back("after");
  std::string input;
  for (const std::string& line : expected) input += line + "\n";
  const Outcome outcome =
      run_xylem(work, {"pipe", "--config", file_config(work, plain_json)}, input);
  CHECK(outcome.status == 0);
  CHECK(messages_of(lines_of(read_file(work / "logs/out.log"))) == expected);
}

TEST_CASE("pipe without input opens its files and says nothing") {
  const WorkDir work;
  const Outcome outcome = run_xylem(work, {"pipe", "--config", config("2-stderr-json-file.json")});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  CHECK(work.logs() == std::vector<std::string>{"my_app.log.jsonl"});
  CHECK(read_file(work / jsonl).empty());
}

TEST_CASE("a real log becomes rotated JSON Lines: sizes, names, and nothing missing in between") {
  const WorkDir work;
  std::vector<std::string> expected;
  std::string input;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back(fmt::format(
        "2024-01-{:02} 15:{:02}:{:02} status half-configured libfmt{}:amd64 9.1.0+ds1-{}",
        1 + i / 40, i / 60, i % 60, i % 7, i));
    input += expected.back() + "\n";
  }
  const Outcome outcome =
      run_xylem(work, {"pipe", "--config", config("2-stderr-json-file.json")}, input);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(work.logs() == std::vector<std::string>{"my_app.log.jsonl", "my_app.log.jsonl.1",
                                                "my_app.log.jsonl.2", "my_app.log.jsonl.3"});
  std::vector<std::string> messages;
  for (const char* suffix : {".3", ".2", ".1", ""}) {
    const std::string text = read_file(work / (std::string{jsonl} + suffix));
    CHECK(text.size() < 10'000);
    const auto lines = lines_of(text);
    // Full: one line more would have reached the limit.
    if (*suffix != '\0') CHECK(text.size() + lines.back().size() + 3 >= 10'000);
    for (std::string& message : messages_of(lines)) messages.push_back(std::move(message));
  }
  REQUIRE(messages.size() > 100);
  REQUIRE(messages.size() < expected.size());
  CHECK(std::equal(messages.rbegin(), messages.rend(), expected.rbegin()));
}

TEST_CASE("pipe takes the logger and the level of its lines from the command line") {
  const WorkDir work;
  const auto pipe = [&work](std::vector<std::string> options) {
    std::vector<std::string> arguments = {"pipe", "--config", config("1-stderr-file.json")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_xylem(work, arguments, "text\n");
  };
  CHECK(pipe({}).err.empty());
  CHECK(pipe({"--level", "WARNING"}).err == "WARNING: text\n");
  CHECK(pipe({"--level", "CRITICAL", "--logger", "a.b"}).err == "CRITICAL: text\n");
  CHECK(pipe({"--level", "35"}).err == "Level 35: text\n");
  CHECK(pipe({"--level", "5", "--input", "lines"}).err.empty());
  CHECK(lines_of(read_file(work / "logs/my_app.log")).size() == 4);  // all but level 5

  const WorkDir other;
  CHECK(run_xylem(other, {"pipe", "--config", file_config(other, plain_json), "--logger", "x.y"},
                  "m\n")
            .status == 0);
  CHECK(keys_of(read_file(other / "logs/out.log")).size() == 2);
  for (const char* bad : {"banana", "info", "", "99999999999", "1x"}) {
    CAPTURE(bad);
    const Outcome outcome = pipe({"--level", bad});
    CHECK(outcome.status != 0);
    CHECK(outcome.err.find("--level: Unknown level: '" + std::string{bad} + "'") !=
          std::string::npos);
  }
  CHECK(pipe({"--input", "xml"}).status != 0);
  CHECK(lines_of(read_file(work / "logs/my_app.log")).size() == 4);
}

TEST_CASE("pipe says what is wrong with a config, where, and ends with status 1") {
  const WorkDir work;
  Outcome outcome = run_xylem(work, {"pipe", "--config", "nowhere.json"}, "lost\n");
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("nowhere.json") != std::string::npos);
  CHECK(outcome.err.find("No such file or directory") != std::string::npos);

  write_file(work / "bad.json",
             R"({"version": 1, "handlers": {"h": {"class": "logging.NoHandler"}}})");
  outcome = run_xylem(work, {"pipe", "--config", "bad.json"}, "lost\n");
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("at handlers.h.class in bad.json") != std::string::npos);

  const WorkDir bare;
  std::filesystem::remove(bare / "logs");
  outcome = run_xylem(bare, {"pipe", "--config", config("2-stderr-json-file.json")}, "lost\n");
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("handlers.file") != std::string::npos);
}

TEST_CASE("an input that cannot be read is an error, not an empty log") {
  const WorkDir work;
  const Outcome outcome =
      run(work.path(), {"/bin/sh", "-c",
                        std::string{XYLEM_BUILD_ROOT} + "/tools/xylem pipe --config " +
                            config("2-stderr-json-file.json") + " < /"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("standard input cannot be read") != std::string::npos);
}

TEST_CASE("records: every key of makeLogRecord is used") {
  const std::string line = piped_record(
      R"j({"()": "mylogger.MyJSONFormatter", "fmt_keys": {"a": "name", "b": "levelname",
          "c": "levelno", "d": "message", "e": "msg", "f": "created", "g": "msecs",
          "h": "relativeCreated", "i": "module", "j": "filename", "k": "pathname", "l": "funcName",
          "m": "lineno", "n": "thread", "o": "threadName", "p": "process", "q": "processName",
          "r": "taskName"}})j",
      on_one_line(
          R"({"threadName": "Worker", "name": "app.db", "levelno": 35, "levelname": "NOTICE",
          "msg": "caf\u00e9 100%", "args": null, "created": 1700000000.123456, "msecs": 123.0,
          "relativeCreated": 4.5, "module": "mod", "filename": "mod.py", "pathname": "/x/mod.py",
          "funcName": "f", "lineno": 77, "thread": 18446744073709551615, "process": 99,
          "processName": "Pool-1", "taskName": "Task-1", "exc_info": null, "exc_text": null,
          "stack_info": null})"));
  CHECK(
      line ==
      R"({"a": "app.db", "b": "NOTICE", "c": 35, "d": "caf\u00e9 100%", "e": "caf\u00e9 100%", )"
      R"("f": 1700000000.123456, "g": 123.0, "h": 4.5, "i": "mod", "j": "mod.py", )"
      R"("k": "/x/mod.py", "l": "f", "m": 77, "n": 18446744073709551615, "o": "Worker", )"
      R"("p": 99, "q": "Pool-1", "r": "Task-1", "timestamp": "2023-11-14T22:13:20.123456+00:00"})");
}

TEST_CASE("records: a line that says nothing but its message is as one of this process") {
  const std::string line = piped_record(
      R"j({"()": "mylogger.MyJSONFormatter", "fmt_keys": {"level": "levelname", "no": "levelno",
          "logger": "name", "function": "funcName", "line": "lineno", "task": "taskName",
          "thread": "threadName", "process": "processName"}})j",
      R"({"msg": "m"})");
  CHECK(line.starts_with(
      R"({"level": "INFO", "no": 20, "logger": "root", "function": null, "line": 0, )"
      R"("task": null, "thread": "MainThread", "process": "MainProcess", "message": "m", )"));
}

TEST_CASE("records: extras keep type, order and nesting, and numbers of any size") {
  constexpr std::string_view head = R"({"message": "m", "timestamp": "1970-01-01T00:00:00+00:00")";
  const auto extras_of = [&](std::string_view extras) {
    const std::string line =
        piped_record(plain_json, R"({"msg": "m", "created": 0.0, )" + std::string{extras} + "}");
    REQUIRE(line.starts_with(head));
    return line.substr(head.size());
  };
  CHECK(extras_of(R"("z":1,"a":-2.50,"m":"caf\u00e9 \ud83d\ude00\/\"","t":true,"n":null)") ==
        R"(, "z": 1, "a": -2.5, "m": "caf\u00e9 \ud83d\ude00/\"", "t": true, "n": null})");
  CHECK(extras_of(R"("o" : { "b":[1,{"c":[ ]}, [] ] ,"a":{}}, "lineno":5, "last": "x")") ==
        R"(, "o": {"b": [1, {"c": []}, []], "a": {}}, "last": "x"})");
  CHECK(extras_of(R"("u":18446744073709551615,"v":123456789012345678901234567890,"w":-9e99)") ==
        R"(, "u": 18446744073709551615, "v": 123456789012345678901234567890, "w": -9e+99})");
  CHECK(extras_of(R"("x":1,"y":2,"x":[3])") == R"(, "x": [3], "y": 2})");
  CHECK(extras_of("\"caf\xc3\xa9 \xf0\x9f\x98\x80\":\"\xff\x7f\"") ==
        R"(, "caf\u00e9 \ud83d\ude00": "\ufffd\u007f"})");
  CHECK(extras_of(R"("":"","k\n\"":"\u0000\u001f","\u00e9":1)") ==
        R"(, "": "", "k\n\"": "\u0000\u001f", "\u00e9": 1})");
  // Names of the record's own that only formatters set are no extras.
  CHECK(extras_of(R"("message":"no","asctime":"no","args":[],"exc_info":null,"x":1)") ==
        R"(, "x": 1})");
}

TEST_CASE("records: every line can be read by a strict reader, whatever an extra is") {
  const std::string line = piped_record(
      plain_json,
      R"({"msg": "m", "created": 0.0, "x": [NaN, -Infinity, 1e999], "s": "\ud800", "d": {"\udc00": 1}})");
  CHECK(keys_of(line) == std::vector<std::string>{"message", "timestamp", "x", "s", "d"});
  CHECK(line.ends_with(
      R"("x": ["NaN", "-Infinity", "Infinity"], "s": "\ufffd", "d": {"\ufffd": 1}})"));
}

TEST_CASE("records: an attribute that is null is None") {
  const std::string line = piped_record(
      R"j({"()": "mylogger.MyJSONFormatter", "fmt_keys": {"line": "lineno", "thread": "threadName"}})j",
      R"({"msg": "m", "created": 0.0, "lineno": null, "threadName": null})");
  CHECK(line.starts_with(R"({"line": null, "thread": null, "message": "m")"));
}

TEST_CASE("records: UTF-8 and tight separators, when the formatter says so") {
  const std::string line =
      piped_record(R"j({"()": "xylem.JsonFormatter", "fmt_keys": {"m": "message"}})j",
                   R"({"msg": "\u20ac \n", "created": 1.5, "x": [1, {"a": "\u00e9"}]})");
  CHECK(line ==
        "{\"m\":\"\xe2\x82\xac \\n\",\"timestamp\":\"1970-01-01T00:00:01.500000+00:00\","
        "\"x\":[1,{\"a\":\"\xc3\xa9\"}]}");
}

TEST_CASE("records: a message that is no text is shown as Python's str() shows it") {
  const auto lines = piped_records(R"({"format": "%(message)s"})",
                                   "{\"msg\": 5}\n{\"msg\": null}\n{\"msg\": 1e5}\n"
                                   "{\"msg\": {\"a\": [true, \"it's\"]}}\n{\"levelno\": 40}\n");
  CHECK(lines == std::vector<std::string>{"5", "None", "100000.0", "{'a': [True, \"it's\"]}", ""});
}

TEST_CASE("records: exc_text and stack_info are members in JSON and lines of their own in text") {
  constexpr std::string_view records =
      R"({"msg": "m", "created": 0, "exc_text": "Traceback:\n  x", "stack_info": "Stack:\n  y"})"
      "\n"
      R"({"msg": "m", "created": 0, "stack_info": "only"})"
      "\n"
      R"({"msg": "m", "created": 0, "exc_text": null})"
      "\n";
  CHECK(piped_records(plain_json, records) ==
        std::vector<std::string>{
            R"({"message": "m", "timestamp": "1970-01-01T00:00:00+00:00", )"
            R"("exc_info": "Traceback:\n  x", "stack_info": "Stack:\n  y"})",
            R"({"message": "m", "timestamp": "1970-01-01T00:00:00+00:00", "stack_info": "only"})",
            R"({"message": "m", "timestamp": "1970-01-01T00:00:00+00:00"})"});
  CHECK(
      piped_records(R"({"format": "[%(message)s]"})", records) ==
      std::vector<std::string>{"[m]", "Traceback:", "  x", "Stack:", "  y", "[m]", "only", "[m]"});
}

TEST_CASE("records: level and filters apply as they would to the logger of that name") {
  const WorkDir work;
  write_file(work / "c.json", R"j({"version": 1,
      "filters": {"quiet": {"()": "mylogger.NonErrorFilter"}, "db": {"name": "app.db"}},
      "formatters": {"f": {"format": "%(name)s %(levelname)s %(message)s"}},
      "handlers": {
        "all": {"class": "logging.FileHandler", "filename": "logs/all", "formatter": "f"},
        "quiet": {"class": "logging.FileHandler", "filename": "logs/quiet", "formatter": "f",
                  "filters": ["quiet"]},
        "db": {"class": "logging.FileHandler", "filename": "logs/db", "formatter": "f",
               "level": "WARNING", "filters": ["db"]}},
      "loggers": {"app": {"level": "INFO"}, "app.db": {"level": "DEBUG"},
                  "alone": {"propagate": false}, "picky": {"filters": ["quiet"]}},
      "root": {"level": "WARNING", "handlers": ["all", "quiet", "db"]}})j");
  std::string input;
  for (const char* name :
       {"root", "app", "app.x", "app.db", "app.db.y", "app.dbx", "alone", "picky"}) {
    for (const char* level : {"DEBUG", "INFO", "WARNING"}) {
      input +=
          fmt::format(R"({{"name": "{}", "levelname": "{}", "msg": "m"}})", name, level) + "\n";
    }
  }
  input += R"({"name": "app", "levelno": 25, "msg": "m"})"
           "\n";
  const Outcome outcome =
      run_xylem(work, {"pipe", "--config", "c.json", "--input", "records"}, input);
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "m\n");  // the last resort of the logger without a handler
  CHECK(read_file(work / "logs/all") ==
        "root WARNING m\napp INFO m\napp WARNING m\napp.x INFO m\napp.x WARNING m\n"
        "app.db DEBUG m\napp.db INFO m\napp.db WARNING m\n"
        "app.db.y DEBUG m\napp.db.y INFO m\napp.db.y WARNING m\n"
        "app.dbx INFO m\napp.dbx WARNING m\napp Level 25 m\n");
  CHECK(read_file(work / "logs/quiet") ==
        "app INFO m\napp.x INFO m\napp.db DEBUG m\napp.db INFO m\n"
        "app.db.y DEBUG m\napp.db.y INFO m\napp.dbx INFO m\n");
  CHECK(read_file(work / "logs/db") == "app.db WARNING m\napp.db.y WARNING m\n");
}

TEST_CASE("records: bad lines are reported with their number and cost nothing else") {
  const WorkDir work;
  const std::vector<std::string_view> bad = {"",
                                             "not JSON",
                                             "[1, 2]",
                                             "5",
                                             R"({"msg": "cut)",
                                             R"({"msg": "m"} extra)",
                                             R"({"msg": 'm'})",
                                             R"({"msg": "m", "levelno": "INFO"})",
                                             R"({"msg": "m", "levelno": 1.5})",
                                             R"({"msg": "m", "levelno": 2147483648})",
                                             R"({"msg": "m", "levelname": "LOUD"})",
                                             R"({"msg": "m", "created": "now"})",
                                             R"({"msg": "m", "lineno": 9223372036854775808})",
                                             R"({"msg": "m", "thread": -1})",
                                             R"({"msg": "m", "process": [1]})",
                                             R"({"msg": "m", "name": 5})",
                                             R"({"msg": "m %s", "args": [1]})",
                                             R"({"msg": "m", "exc_info": [1]})",
                                             R"({"msg": "m", "msecs": true})",
                                             R"({"msg": "m",})",
                                             "{",
                                             "\xff"};
  std::string input;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    input += fmt::format("{{\"msg\": \"good {}\"}}\n{}\n", i, bad[i]);
  }
  input += R"({"msg": "the last"})";
  const Outcome outcome = run_xylem(
      work, {"pipe", "--config", file_config(work, plain_json), "--input", "records"}, input);
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  const auto messages = messages_of(lines_of(read_file(work / "logs/out.log")));
  REQUIRE(messages.size() == bad.size() + 1);
  for (std::size_t i = 0; i < bad.size(); ++i) CHECK(messages[i] == fmt::format("good {}", i));
  CHECK(messages.back() == "the last");

  const auto reports = lines_of(outcome.err);
  REQUIRE(reports.size() == bad.size() + 1);
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(bad[i]);
    CAPTURE(reports[i]);
    CHECK(reports[i].starts_with(fmt::format("xylem pipe: line {}: ", 2 * i + 2)));
  }
  CHECK(reports[7].find("'levelno'") != std::string::npos);
  CHECK(reports.back() == fmt::format("xylem pipe: {} lines read, {} bad, 0 dropped, 0 failed",
                                      2 * bad.size() + 1, bad.size()));
}

TEST_CASE("records: what a handler cannot format is counted, and the exit status says so") {
  const WorkDir work;
  const Outcome outcome = run_xylem(
      work,
      {"pipe", "--config", file_config(work, R"({"format": "%(message)s %(user)s"})"), "--input",
       "records"},
      "{\"msg\": \"a\", \"user\": 1}\n{\"msg\": \"b\"}\n{\"msg\": \"c\", \"user\": []}\n");
  CHECK(outcome.status == 1);
  CHECK(read_file(work / "logs/out.log") == "a 1\nc []\n");
  CHECK(outcome.err ==
        "xylem: handler 'file' lost a record: Formatting field not found in record: 'user'\n"
        "xylem pipe: 3 lines read, 0 bad, 0 dropped, 1 failed\n");
}

TEST_CASE("records: --logger and --level stand in for what a record does not say") {
  const WorkDir work;
  const Outcome outcome = run_xylem(
      work,
      {"pipe", "--config", file_config(work, R"({"format": "%(name)s %(levelno)d %(message)s"})"),
       "--input", "records", "--logger", "a.b", "--level", "ERROR"},
      "{\"msg\": \"1\"}\n{\"msg\": \"2\", \"name\": \"c\"}\n{\"msg\": \"3\", \"levelno\": 10}\n"
      "{\"msg\": \"4\", \"levelname\": \"WARN\"}\n{\"msg\": \"5\", \"name\": null}\n");
  CHECK(outcome.status == 0);
  CHECK(read_file(work / "logs/out.log") == "a.b 40 1\nc 40 2\na.b 10 3\na.b 30 4\na.b 40 5\n");
}
