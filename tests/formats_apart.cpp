// The formatters of this engine's own: lines for people, logfmt, and JSON as those who collect logs
// name its fields.

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pty.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config_support.hpp"
#include "engine_support.hpp"
#include "fork_support.hpp"
#include "tool_support.hpp"

using config_test::check_refused;
using config_test::Refusal;
using engine_test::Session;
using sink_test::TempDir;

namespace {

std::string document(std::string_view handler, std::string_view formatter,
                     std::string_view arguments) {
  return fmt::format(
      R"-({{"version": 1, "disable_existing_loggers": false, "formatters": {{"f": {{"()": "{}"{}{}}}}},
      "handlers": {{"h": {{{}, "formatter": "f"}}}},
      "root": {{"level": "DEBUG", "handlers": ["h"]}}}})-",
      formatter, arguments.empty() ? "" : ", ", arguments, handler);
}

std::string file(const std::string& path) {
  return R"("class": "logging.FileHandler", "filename": ")" + path + '"';
}

/// What log_some(logger) leaves in a file by that formatter.
template <typename F>
std::string logged(std::string_view formatter, std::string_view arguments, F&& log_some) {
  const TempDir dir;
  const Session session{document(file(dir / "log"), formatter, arguments)};
  log_some(xylem::get_logger("my_app.db"));
  xylem::flush();
  return sink_test::read_file(dir / "log");
}

/// The line that a record made elsewhere, at half past ten on 14 Nov 2023, has in a file.
std::string piped(std::string_view formatter, std::string_view arguments, std::string_view record) {
  const tool_test::WorkDir work;
  tool_test::write_file(work / "config.json", document(file("log"), formatter, arguments));
  const auto outcome = tool_test::run_xylem(
      work, {"pipe", "--config", work / "config.json", "--input", "records"},
      std::string{R"({"name": "api", "levelname": "WARNING", "levelno": 30, "lineno": 7,)"} +
          R"("created": 1699957800.25, "filename": "a.py", "pathname": "/s/a.py",)" +
          R"("funcName": "run", "thread": 5, "threadName": "T", "process": 9, )" +
          std::string{record} + "}\n");
  CHECK(outcome.err.empty());
  return tool_test::read_file(work / "log");
}

simdjson::dom::object parsed(simdjson::dom::parser& parser, const std::string& line) {
  simdjson::dom::object object;
  REQUIRE(parser.parse(line).get(object) == simdjson::SUCCESS);
  return object;
}

std::string at(const simdjson::dom::object& object, std::string_view pointer) {
  simdjson::dom::element element;
  REQUIRE_MESSAGE(object.at_pointer(pointer).get(element) == simdjson::SUCCESS, pointer);
  return simdjson::minify(element);
}

/// A process whose stdout is a terminal; returns what it writes there.
template <typename F>
std::string on_terminal(F&& body) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    body();
    xylem::shutdown();
    ::_exit(0);
  }
  std::string text;
  char bytes[4096];
  for (ssize_t n = 0; (n = ::read(terminal, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(n));
  }
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  return text;
}

std::string greet_on_terminal(std::string_view arguments) {
  return on_terminal([&] {
    xylem::configure(document(R"("class": "logging.StreamHandler", "stream": "ext://sys.stdout")",
                              "xylem.ConsoleFormatter", arguments));
    XYLEM_ERROR(xylem::get_logger("api"), "hello", xylem::field("n", 1));
  });
}

}  // namespace

TEST_CASE("a console line has its columns, then the message, then the fields") {
  ::setenv("TZ", "UTC", 1);
  CHECK(piped("xylem.ConsoleFormatter", "", R"("msg": "disk low", "free": 3, "path": "/a b")") ==
        "10:30:00.250 WARNING  api                  disk low  free=3 path=\"/a b\"\n");
  CHECK(piped("xylem.ConsoleFormatter", R"("name_width": 0, "datefmt": "%H:%M")",
              R"("msg": "disk low")") == "10:30 WARNING  api disk low\n");
}

TEST_CASE("what is logged can neither drive a terminal nor pass for a record") {
  const std::string text = logged("xylem.ConsoleFormatter", "", [](xylem::Logger log) {
    XYLEM_INFO(log, "\x1b[2J one\ntwo\r{}\x7f", "\u202e\u009b", xylem::field("k", "a\nb\x1b"));
  });
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find("\\x1b[2J one\n    two\\r\\u202e\\x9b\\x7f  k=\"a\\nb\\x1b\"\n") !=
        std::string::npos);
}

TEST_CASE("text beyond ASCII stays as it is, and broken UTF-8 is replaced") {
  const std::string text = logged("xylem.ConsoleFormatter", "", [](xylem::Logger log) {
    XYLEM_INFO(log, "gr\u00fc\u00df dich \U0001f469\u200d\U0001f4bb \xff|");
  });
  CHECK(text.find("gr\u00fc\u00df dich \U0001f469\u200d\U0001f4bb \ufffd|\n") != std::string::npos);
}

TEST_CASE("exception and stack are indented below the line") {
  const std::string text =
      piped("xylem.ConsoleFormatter", "",
            R"("msg": "failed", "exc_text": "ValueError: x\n  at y\n", "stack_info": "Stack")");
  CHECK(text.find(" failed\n    ValueError: x\n      at y\n    Stack\n") != std::string::npos);
}

TEST_CASE("a terminal gets colours, unless its user wants none; a file does not") {
  if (!fork_test::can_fork) return;
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  CHECK(greet_on_terminal("").find("\x1b[31mERROR   \x1b[0m") != std::string::npos);
  CHECK(greet_on_terminal(R"("colors": "never")").find('\x1b') == std::string::npos);
  ::setenv("NO_COLOR", "1", 1);
  CHECK(greet_on_terminal("").find('\x1b') == std::string::npos);
  CHECK(greet_on_terminal(R"("colors": "always")").find('\x1b') != std::string::npos);
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  CHECK(greet_on_terminal("").find('\x1b') == std::string::npos);
  const auto error = [](xylem::Logger log) { XYLEM_ERROR(log, "x"); };
  CHECK(logged("xylem.ConsoleFormatter", "", error).find('\x1b') == std::string::npos);
  CHECK(logged("xylem.ConsoleFormatter", R"("colors": "always")", error).find('\x1b') !=
        std::string::npos);
}

TEST_CASE("logfmt: words are bare, the rest is quoted, numbers and flags keep their look") {
  const std::string text = logged("xylem.LogfmtFormatter", "", [](xylem::Logger log) {
    XYLEM_INFO(log, "sold \"{}\"", 3, xylem::field("n", 3), xylem::field("ok", true),
               xylem::field("none", nullptr), xylem::field("half", 0.5), xylem::field("who", "ada"),
               xylem::field("eq", "a=b"), xylem::field("empty", ""), xylem::field("a key", "x\ny"));
  });
  REQUIRE(text.starts_with("time=20"));
  CHECK(
      text.substr(text.find(' ')) ==
      " level=INFO logger=my_app.db msg=\"sold \\\"3\\\"\" n=3 ok=true none=null half=0.5 who=ada "
      "eq=\"a=b\" empty=\"\" a_key=\"x\\ny\"\n");
}

TEST_CASE("logfmt by fmt_keys, with nested values as JSON") {
  CHECK(piped("xylem.LogfmtFormatter", R"("fmt_keys": {"lvl": "levelname", "line": "lineno"})",
              R"("msg": "m", "tags": {"a": [1, "x y"]})") ==
        "lvl=WARNING line=7 message=m timestamp=2023-11-14T10:30:00.250000+00:00 "
        "tags=\"{\\\"a\\\":[1,\\\"x y\\\"]}\"\n");
}

TEST_CASE("Elastic Common Schema") {
  simdjson::dom::parser parser;
  const std::string line =
      piped("xylem.JsonFormatter", R"("preset": "ecs", "static_fields": {"service.name": "shop"})",
            R"("msg": "h\u00e9", "exc_text": "E: x", "trace_id": "ab", "n": 1)");
  const auto object = parsed(parser, line);
  CHECK(
      line.starts_with(R"({"@timestamp":"2023-11-14T10:30:00.250000+00:00","log.level":"warning",)"
                       R"("message":"h)"));
  CHECK(at(object, "/log.logger") == R"("api")");
  CHECK(at(object, "/log.origin.file.name") == R"("a.py")");
  CHECK(at(object, "/log.origin.file.line") == "7");
  CHECK(at(object, "/log.origin.function") == R"("run")");
  CHECK(at(object, "/process.pid") == "9");
  CHECK(at(object, "/service.name") == R"("shop")");
  CHECK(at(object, "/error.stack_trace") == R"("E: x")");
  CHECK(at(object, "/trace.id") == R"("ab")");
  CHECK(at(object, "/n") == "1");
}

TEST_CASE("OpenTelemetry's data model") {
  simdjson::dom::parser parser;
  const std::string line = piped(
      "xylem.JsonFormatter", R"("preset": "otel", "static_fields": {"service.name": "shop"})",
      R"("msg": "m", "exc_text": "E: x", "trace_id": "ab", "span_id": "cd", "n": {"deep": [1]})");
  const auto object = parsed(parser, line);
  CHECK(at(object, "/Timestamp") == R"("1699957800250000000")");
  CHECK(at(object, "/SeverityText") == R"("WARNING")");
  CHECK(at(object, "/SeverityNumber") == "13");
  CHECK(at(object, "/Body") == R"("m")");
  CHECK(at(object, "/TraceId") == R"("ab")");
  CHECK(at(object, "/SpanId") == R"("cd")");
  CHECK(at(object, "/Resource/service.name") == R"("shop")");
  CHECK(at(object, "/InstrumentationScope/Name") == R"("api")");
  CHECK(at(object, "/Attributes/code.line.number") == "7");
  CHECK(at(object, "/Attributes/exception.stacktrace") == R"("E: x")");
  CHECK(at(object, "/Attributes/n/deep/0") == "1");
}

TEST_CASE("Google Cloud's structured logging") {
  simdjson::dom::parser parser;
  const std::string line =
      piped("xylem.JsonFormatter", R"("preset": "gcp")",
            R"("msg": "m", "exc_text": "E: x", "trace_id": "ab", "file": "mine")");
  const auto object = parsed(parser, line);
  CHECK(at(object, "/severity") == R"("WARNING")");
  CHECK(at(object, "/message") == R"("m")");
  CHECK(at(object, "/time") == R"("2023-11-14T10:30:00.250000+00:00")");
  CHECK(at(object, "/stack_trace") == R"("E: x")");
  CHECK(at(object, "/logging.googleapis.com~1trace") == R"("ab")");
  CHECK(at(object, "/logging.googleapis.com~1sourceLocation/line") == R"("7")");
  CHECK(at(object, "/logging.googleapis.com~1sourceLocation/file") == R"("a.py")");
  CHECK(at(object, "/file") == R"("mine")");
}

TEST_CASE("calls of C++ have the same members as records made elsewhere") {
  for (const std::string_view preset : {"ecs", "otel", "gcp"}) {
    CAPTURE(preset);
    const std::string text = logged(
        "xylem.JsonFormatter", fmt::format(R"("preset": "{}")", preset), [](xylem::Logger log) {
          XYLEM_ERROR(log, "{} left", 3, xylem::field("n", 3), xylem::field("trace_id", "ab"));
          try {
            throw std::runtime_error{"broken"};
          } catch (const std::exception&) {
            XYLEM_EXCEPTION(log, "failed");
          }
        });
    simdjson::dom::parser parser;
    const std::string first = text.substr(0, text.find('\n'));
    const auto object = parsed(parser, first);
    CHECK(first.find(R"("3 left")") != std::string::npos);
    CHECK(first.find("formats_apart.cpp") != std::string::npos);
    if (preset == "otel") {
      CHECK(at(object, "/Attributes/n") == "3");
      CHECK(at(object, "/Timestamp").size() == 21);
    }
    CHECK(parsed(parser, text.substr(first.size() + 1)).size() > 5);
    CHECK(text.find("broken") != std::string::npos);
  }
}

TEST_CASE("wrong arguments are refused with their place") {
  const std::string f = R"j({"version": 1, "formatters": {"f": {"()": "xylem.)j";
  const std::vector<std::vector<std::string>> cases = {
      {R"j(JsonFormatter", "preset": "ECS"}}})j",
       "Unknown preset: 'ECS' (expected 'ecs', 'otel' or 'gcp')", "formatters.f.preset"},
      {R"j(JsonFormatter", "preset": "ecs", "fmt_keys": {}}}})j", "A preset has keys of its own",
       "formatters.f.fmt_keys"},
      {R"j(JsonFormatter", "static_fields": {}}}})j", "static_fields needs a preset",
       "formatters.f.static_fields"},
      {R"j(ConsoleFormatter", "colors": "on"}}})j",
       "Unknown colors: 'on' (expected 'auto', 'always' or 'never')", "formatters.f.colors"},
      {R"j(ConsoleFormatter", "name_width": -1}}})j", "Expected a number from 0 to 200",
       "formatters.f.name_width"},
      {R"j(ConsoleFormatter", "color": "auto"}}})j",
       "ConsoleFormatter.__init__() got an unexpected keyword argument 'color'. Did you mean "
       "'colors'?",
       "formatters.f.color"},
      {R"j(LogfmtFormatter", "fmt_keys": {"a": 1}}}})j", "attribute name must be string, not 'int'",
       "formatters.f.fmt_keys.a"},
  };
  for (const auto& c : cases) {
    const std::string config = f + c[0];
    const std::string message = "Unable to configure formatter 'f': " + c[1];
    check_refused({config, message, c[2]});
  }
}
