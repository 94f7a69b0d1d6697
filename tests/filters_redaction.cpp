// What a RedactionFilter keeps from being seen: in message, fields at any depth, exception and
// stack, in every formatter, in a program's own handlers, and after a crash.

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/extend.hpp>
#include <xylem/record.hpp>
#include <xylem/xylem.hpp>

#include "engine_support.hpp"
#include "leftover_support.hpp"

using namespace engine_test;
using xylem::field;
using Strings = std::vector<std::string>;

namespace {

struct Card {
  std::string owner;
  std::string number;
};
XYLEM_DESCRIBE(Card, owner, number)

struct Login {
  std::string user;
  std::string Password;
  Card card;
};
XYLEM_DESCRIBE(Login, user, Password, card)

constexpr const char* redaction =
    R"-({"()": "xylem.RedactionFilter", "fields": ["password", "token"],
        "patterns": ["\\b\\d{16}\\b", "secret-\\w+"]})-";

/// A JSON and a text file; `handler` and `logger` have these "filters".
std::string config(const TempDir& dir, const std::string& handler, const std::string& logger,
                   const std::string& filter = redaction) {
  return R"j({"version": 1, "disable_existing_loggers": false, "filters": {"redact": )j" + filter +
         R"j(}, "formatters": {
      "json": {"()": "xylem.JsonFormatter", "fmt_keys": {"exc": "exc_info", "stack": "stack_info", "line": "lineno", "func": "funcName", "file": "filename", "thread": "threadName", "level": "levelname", "logger": "name"}},
      "text": {"format": "%(levelname)s %(name)s %(message)s", "defaults": {"password": "-"}},
      "logfmt": {"()": "xylem.LogfmtFormatter", "fmt_keys": {"msg": "message"}},
      "console": {"()": "xylem.ConsoleFormatter", "colors": "never"}},
    "handlers": {
      "a": {"class": "logging.FileHandler", "formatter": "json", "filename": ")j" +
         dir / "a.jsonl" + R"j(", "filters": )j" + handler + R"j(},
      "plain": {"class": "logging.FileHandler", "formatter": "json", "filename": ")j" +
         dir / "plain.jsonl" + R"j("}},
    "loggers": {"redacted": {"filters": )j" +
         logger + R"j(}}, "root": {"level": "DEBUG", "handlers": ["a", "plain"]}})j";
}

/// What the filtered handler writes of the records, and that the other one gets them as they are.
template <typename F>
std::vector<Line> redacted(F&& log_some) {
  const TempDir dir;
  const Session session{config(dir, R"(["redact"])", "[]")};
  log_some(xylem::get_logger("test"));
  xylem::flush();
  CHECK(read_file(dir / "plain.jsonl").find("REDACTED") == std::string::npos);
  return read_lines(dir / "a.jsonl");
}

template <typename F>
Line redacted_line(F&& log_some) {
  std::vector<Line> lines = redacted(log_some);
  REQUIRE(lines.size() == 1);
  return std::move(lines[0]);
}

std::string refusal(const std::string& filter) {
  const TempDir dir;
  try {
    xylem::configure(config(dir, R"(["redact"])", "[]", filter));
  } catch (const xylem::ConfigError& error) {
    return error.what();
  }
  xylem::shutdown();
  return "accepted";
}

}  // namespace

TEST_CASE("fields of a name are replaced, whatever their type, and nothing else is touched") {
  const Line line = redacted_line([](const xylem::Logger& log) {
    XYLEM_INFO(log, "{} in", "ada", field("user", "ada"), field("PASSWORD", "hunter2"),
               field("token", 12345), field("n", 0.5F), field("ok", true));
  });
  CHECK(line.message() == "ada in");
  CHECK(line.string("user") == "ada");
  CHECK(line.string("PASSWORD") == "***REDACTED***");
  CHECK(line.string("token") == "***REDACTED***");
  CHECK(line.raw("n") == "0.5");
  CHECK(line.raw("ok") == "true");
  CHECK(line.string("file") == "filters_redaction.cpp");
  CHECK(line.string("level") == "INFO");
  CHECK(line.string("logger") == "test");
}

TEST_CASE("patterns are looked for in the message as it is shown, and in texts of fields") {
  const Line line = redacted_line([](const xylem::Logger& log) {
    XYLEM_INFO(log, "card {}{} of {{{}}}", 12345678, 12345678, "ada",
               field("note", "paid by 1234567812345678, secret-x"), field("id", 1234567812345678));
  });
  CHECK(line.message() == "card ***REDACTED*** of {ada}");
  CHECK(line.string("note") == "paid by ***REDACTED***, ***REDACTED***");
  CHECK(line.raw("id") == "1234567812345678");
}

TEST_CASE("a field that the message shows by its name is replaced there, too") {
  const Line line = redacted_line([](const xylem::Logger& log) {
    XYLEM_INFO(log, "{user} with {password}", field("user", "ada"), field("password", "hunter2"));
  });
  CHECK(line.message() == "ada with ***REDACTED***");
}

TEST_CASE("members of JSON are replaced at any depth, and its strings are looked at") {
  const Line line = redacted_line([](const xylem::Logger& log) {
    xylem::Record record;
    record.name = log.name();
    record.levelno = 20;
    record.extras = {{"body", R"({"a": [{"Token": {"x": [1, "}"]}, "k": 1.50}, "secret-1"],
                              "password": null, "p\u0061ssword": "q\"", "u": "\u00e4 1234567812345678\n",
                              "token": 5})"}};
    xylem::handle(record);
  });
  CHECK(line.raw("body") ==
        R"({"a":[{"Token":"***REDACTED***","k":1.5},"***REDACTED***"],"password":"***REDACTED***",)"
        R"("u":"ä ***REDACTED***\n","token":"***REDACTED***"})");
}

TEST_CASE("members and keys of values with parts are replaced, in fields and in the message") {
  const Login login{"ada", "hunter2", {"ada", "1234567812345678"}};
  const std::map<std::string, std::vector<int>> map{{"password", {1, 2, 3}}, {"rest", {4, 5}}};
  const Line line = redacted_line([&](const xylem::Logger& log) {
    XYLEM_INFO(log, "{} {}", login, map, field("login", login), field("map", map));
  });
  CHECK(
      line.raw("login") ==
      R"({"user":"ada","Password":"***REDACTED***","card":{"owner":"ada","number":"***REDACTED***"}})");
  CHECK(line.raw("map") == R"({"password":"***REDACTED***","rest":[4,5]})");
  CHECK(line.message().find("hunter2") == std::string::npos);
  CHECK(line.message().find("12345678") == std::string::npos);
  CHECK(line.message().find("[1, 2, 3]") == std::string::npos);
  CHECK(line.message().find("[4, 5]") != std::string::npos);
}

TEST_CASE("exceptions and stacks are looked at") {
  const std::vector<Line> lines = redacted([](const xylem::Logger& log) {
    try {
      throw std::runtime_error{"no secret-abc here"};
    } catch (const std::exception&) {
      XYLEM_EXCEPTION(log, "failed");
    }
    xylem::Record record;
    record.name = "test";
    record.levelno = 30;
    record.message = "of Python 1234567812345678";
    record.exc_text = "Error: secret-1";
    record.stack_info = "Stack: secret-2";
    record.extras = {{"token", "[1]"}, {"rest", R"({"password": 1, "x": "secret-3"})"}};
    xylem::handle(record);
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].string("exc").find("no ***REDACTED*** here") != std::string::npos);
  CHECK(lines[0].message() == "failed");
  CHECK(lines[1].message() == "of Python ***REDACTED***");
  CHECK(lines[1].string("exc") == "Error: ***REDACTED***");
  CHECK(lines[1].string("stack") == "Stack: ***REDACTED***");
  CHECK(lines[1].raw("token") == R"("***REDACTED***")");
  CHECK(lines[1].raw("rest") == R"({"password":"***REDACTED***","x":"***REDACTED***"})");
}

TEST_CASE("fields of a context and of a bound logger are fields like others") {
  const Line line = redacted_line([](const xylem::Logger& log) {
    const xylem::Context context{field("token", "t"), field("request_id", 7)};
    const auto bound = log.with(field("password", "p"), field("component", "db"));
    XYLEM_INFO(bound, "in");
  });
  CHECK(line.string("token") == "***REDACTED***");
  CHECK(line.string("password") == "***REDACTED***");
  CHECK(line.raw("request_id") == "7");
  CHECK(line.string("component") == "db");
}

TEST_CASE("at a logger it counts for every handler of its records, and for no other logger") {
  const TempDir dir;
  const Session session{config(dir, "[]", R"(["redact"])")};
  xylem::get_logger("redacted").info("secret-1");
  xylem::get_logger("redacted.below").info("secret-2");
  xylem::flush();
  for (const char* const file : {"a.jsonl", "plain.jsonl"}) {
    CHECK(messages(dir / file) == Strings{"***REDACTED***", "secret-2"});
  }
}

TEST_CASE("it holds behind a queue and a memory, in text, logfmt and on a console") {
  const TempDir dir;
  const auto file = [&](const std::string& name) {
    return "\"" + name + R"(": {"class": "logging.FileHandler", "formatter": ")" + name +
           R"(", "filename": ")" + dir / name + "\"}";
  };
  const Session session{
      R"j({"version": 1, "disable_existing_loggers": false, "filters": {"redact": )j" +
      std::string{redaction} +
      R"j(}, "formatters": {
      "text": {"format": "%(levelname)s %(message)s %(password)s %(user)s", "defaults": {"password": "-", "user": "-"}},
      "logfmt": {"()": "xylem.LogfmtFormatter"}, "console": {"()": "xylem.ConsoleFormatter"}},
      "handlers": {)j" +
      file("text") + ", " + file("logfmt") + ", " + file("console") + R"j(,
        "queue": {"class": "logging.handlers.QueueHandler", "handlers": ["text", "console"], "filters": ["redact"]},
        "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 100, "target": "logfmt", "filters": ["redact"]}},
      "root": {"level": "DEBUG", "handlers": ["queue", "memory"]}})j"};
  const auto log = xylem::get_logger("test");
  XYLEM_WARNING(log, "secret-1", field("password", "hunter2"), field("user", "ada"));
  XYLEM_WARNING(log, "plain", field("user", "ada"));
  XYLEM_ERROR(log, "all");
  xylem::flush();
  CHECK(read_file(dir / "text") ==
        "WARNING ***REDACTED*** ***REDACTED*** ada\nWARNING plain - ada\nERROR all - -\n");
  for (const char* const name : {"console", "logfmt"}) {
    const std::string text = read_file(dir / name);
    CAPTURE(text);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(count(text, "***REDACTED***") == 2);
    CHECK(count(text, "ada") == 2);
  }
}

namespace {

class Seen final : public xylem::Handler {
 public:
  explicit Seen(std::shared_ptr<Strings> seen) : seen_{std::move(seen)} {}
  void handle(const xylem::RecordView& record, std::string_view line) override {
    seen_->push_back(std::string{line} + "|" + std::string{record.message()} + "|" +
                     std::string{record.format()} + "|" + record.field("token").to_string());
  }

 private:
  std::shared_ptr<Strings> seen_;
};

}  // namespace

TEST_CASE("a handler of the program's own sees the record without it") {
  const auto seen = std::make_shared<Strings>();
  xylem::register_handler("test.Seen",
                          [seen](const xylem::Arguments&) { return std::make_unique<Seen>(seen); });
  const Session session{
      R"j({"version": 1, "disable_existing_loggers": false, "filters": {"redact": )j" +
      std::string{redaction} +
      R"j(}, "handlers": {"h": {"class": "test.Seen", "filters": ["redact"]}},
          "root": {"level": "DEBUG", "handlers": ["h"]}})j"};
  XYLEM_INFO(xylem::get_logger("test"), "{} 1", "secret-x", field("token", 1));
  xylem::flush();
  CHECK(*seen == Strings{"***REDACTED*** 1|***REDACTED*** 1|***REDACTED*** 1|***REDACTED***"});
}

TEST_CASE("of two filters the second sees what the first has made") {
  const TempDir dir;
  const Session session{R"j({"version": 1, "disable_existing_loggers": false, "filters": {
      "a": {"()": "xylem.RedactionFilter", "patterns": ["abc"], "replacement": "x\\1y"},
      "b": {"()": "xylem.RedactionFilter", "patterns": ["x.1"], "replacement": "z"}},
    "handlers": {"f": {"class": "logging.FileHandler", "filename": ")j" +
                        dir / "f" + R"j(", "filters": ["a", "b"]}},
    "root": {"level": "DEBUG", "handlers": ["f"]}})j"};
  xylem::get_logger("test").info("1 abc 2");
  xylem::flush();
  CHECK(read_file(dir / "f") == "1 zy 2\n");
}

TEST_CASE("the guideline's class needs no arguments") {
  const TempDir dir;
  const Session session{
      config(dir, R"(["redact"])", "[]", R"j({"()": "mylogger.RedactSensitiveFilter"})j")};
  xylem::get_logger("test").info("in", field("api_key", "k"), field("key", "k"));
  xylem::flush();
  const Line line = std::move(read_lines(dir / "a.jsonl").at(0));
  CHECK(line.string("api_key") == "***REDACTED***");
  CHECK(line.string("key") == "k");
}

TEST_CASE("what cannot be looked for is refused with its place and the words of RE2") {
  CHECK(refusal(R"j({"()": "xylem.RedactionFilter", "patterns": ["ok", "[a-"]})j") ==
        "Unable to configure filter 'redact': '[a-' is no pattern to go by: missing ]: [a- "
        "(at filters.redact.patterns[1])");
  CHECK(refusal(R"j({"()": "xylem.RedactionFilter", "patterns": ["x*"]})j") ==
        "Unable to configure filter 'redact': 'x*' is no pattern to go by: matches the empty text "
        "(at filters.redact.patterns[0])");
  CHECK(refusal(R"j({"()": "xylem.RedactionFilter", "fields": "password"})j") ==
        "Unable to configure filter 'redact': fields must be a list of strings "
        "(at filters.redact.fields)");
  CHECK(refusal(R"j({"()": "xylem.RedactionFilter"})j") ==
        "Unable to configure filter 'redact': A RedactionFilter needs fields or patterns "
        "(at filters.redact)");
  CHECK(refusal(R"j({"()": "xylem.RedactionFilter", "field": ["password"]})j").find("'field'") !=
        std::string::npos);
}

TEST_CASE("a recovery writes what the process would have written") {
  using namespace leftover_test;
  CrashImage image;
  const std::uint64_t site = image.site(make_site("in: {}", {Kind::string}));
  const std::uint64_t logger = image.logger("app");
  std::string payload;
  append(payload, std::uint32_t{8});
  image.ring("t", 64, 0).add(site, logger, 1000, payload + "secret-1");
  const TempDir dir;
  leave(dir / "crash", image.bytes());
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  const StderrCapture quiet;
  xylem::recover::recover(request, *make_tree(config(dir, R"(["redact"])", "[]")));
  CHECK(messages(dir / "a.jsonl") == Strings{"in: ***REDACTED***"});
  CHECK(messages(dir / "plain.jsonl") == Strings{"in: secret-1"});
}
