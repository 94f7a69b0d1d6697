#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tool_support.hpp"

namespace {

using namespace tool_test;

/// What check says of a config of this text, which it must refuse.
std::string refusal(std::string_view text) {
  const WorkDir work;
  write_file(work / "bad.json", text);
  const Outcome outcome = run_xylem(work, {"check", "bad.json"});
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK(lines_of(outcome.err).size() == 1);
  CHECK(outcome.err.starts_with("xylem: "));
  CHECK(work.logs().empty());
  return outcome.err;
}

}  // namespace

TEST_CASE("check shows the plan of each of the guideline's configs, and opens no file") {
  struct Case {
    const char* config;
    std::vector<std::string_view> shown;
  };
  const std::string_view simple = "format   %(levelname)s: %(message)s\n";
  const std::string_view detailed =
      "format   [%(levelname)s|%(module)s|L%(lineno)d] %(asctime)s: %(message)s\n";
  const std::string_view json =
      "keys     level=levelname, message, timestamp, logger=name, module, function=funcName, "
      "line=lineno, thread_name=threadName\n";
  const Case cases[] = {
      {"0-stdout.json",
       {"-> stdout  DEBUG and above\n", "stdout  logging.StreamHandler\n", simple}},
      {"1-stderr-file.json",
       {"-> stderr  WARNING and above\n", "-> file    DEBUG and above\n", simple, detailed,
        "datefmt  %Y-%m-%dT%H:%M:%S%z\n", "logs/my_app.log  written by file\n",
        "append, 10000 bytes a file, 3 backups\n"}},
      {"2-stderr-json-file.json",
       {"file    logging.handlers.RotatingFileHandler\n", "level DEBUG, formatter json\n",
        "simple  logging.Formatter\n", "json    mylogger.MyJSONFormatter\n", json,
        "logs/my_app.log.jsonl  written by file\n"}},
      {"3-homework-filtered-stdout-stderr.json",
       {"-> stdout  DEBUG to INFO\n", "-> stderr  WARNING and above\n",
        "no_errors  mylogger.NonErrorFilter: up to INFO\n"}},
      {"5-queued-stderr-json-file.json",
       {"-> queue_handler -> stderr     WARNING and above\n",
        "-> queue_handler -> file_json  DEBUG and above\n",
        "queue_handler  logging.handlers.QueueHandler\n", "to stderr, file_json, at their levels\n",
        detailed, json, "logs/my_app.log.jsonl  written by file_json\n"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.config);
    const WorkDir work;
    const Outcome outcome = run_xylem(work, {"check", config(c.config)});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.starts_with(config(c.config) + "\n"));
    CHECK(outcome.out.find("  root ") != std::string::npos);
    for (const std::string_view text : c.shown) {
      CAPTURE(text);
      CHECK(outcome.out.find(text) != std::string::npos);
    }
    CHECK(outcome.out.ends_with("\n"));
    CHECK_FALSE(outcome.out.ends_with("\n\n"));
    CHECK(work.logs().empty());
  }
}

TEST_CASE("check neither needs nor makes the directories of a config's files") {
  const WorkDir work;
  std::filesystem::remove(work / "logs");
  CHECK(run_xylem(work, {"check", config("2-stderr-json-file.json")}).status == 0);
  CHECK_FALSE(std::filesystem::exists(work / "logs"));
}

TEST_CASE("check leaves a file alone that the config would truncate") {
  const WorkDir work;
  write_file(work / "logs/kept", "old\n");
  write_file(work / "c.json", R"({"version": 1, "handlers": {"h": {
      "class": "logging.FileHandler", "filename": "logs/kept", "mode": "w"}}})");
  CHECK(run_xylem(work, {"check", "c.json"}).status == 0);
  CHECK(read_file(work / "logs/kept") == "old\n");
}

TEST_CASE("check refuses a config with its fault, the key path and the file") {
  const auto ends = [](const std::string& text, std::string_view end) {
    CAPTURE(text);
    CAPTURE(end);
    CHECK(text.ends_with(end));
  };
  ends(refusal(R"({"version": 2})"), "Unsupported version: 2 (at version in bad.json)\n");
  ends(refusal("{}"), "dictionary doesn't specify a version (in bad.json)\n");
  ends(refusal(R"({"version": 1, "handlers": {"file": {"class": "logging.StreamHandler",
                  "level": "debug"}}})"),
       "Unable to configure handler 'file': Unknown level: 'debug' (at handlers.file.level in "
       "bad.json)\n");
  ends(refusal(R"({"version": 1, "handlers": {"h": {"class": "logging.FileHandler",
                  "filename": "x", "zzz": 1}}})"),
       "(at handlers.h.zzz in bad.json)\n");
  ends(refusal(R"({"version": 1, "loggers": {"a.b": {"handlers": ["nope"]}}})"),
       "(at loggers[a.b].handlers[0] in bad.json)\n");
  CHECK(refusal(R"({"version": 1,)").find("bad.json") != std::string::npos);
  CHECK(refusal("").find("bad.json") != std::string::npos);
  CHECK(refusal("[1]").find("bad.json") != std::string::npos);
}

TEST_CASE("check of a file that is not there, or of none, is an error") {
  const WorkDir work;
  const Outcome missing = run_xylem(work, {"check", "no/such.json"});
  CHECK(missing.status == 1);
  CHECK(missing.out.empty());
  CHECK(missing.err ==
        "xylem: [Errno 2] No such file or directory: 'no/such.json' (in no/such.json)\n");
  CHECK(run_xylem(work, {"check", work.path()}).status == 1);
  CHECK(run_xylem(work, {"check"}).status != 0);
  CHECK(run_xylem(work, {}).status != 0);
  CHECK(run_xylem(work, {"chekc", "x"}).status != 0);
  const Outcome help = run_xylem(work, {"--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("check") != std::string::npos);
  CHECK(help.out.find("pipe") != std::string::npos);
}

TEST_CASE("names for levels of a config are known to check, to --level and to pipe") {
  const WorkDir work;
  write_file(work / "c.json", R"({"version": 1, "xylem": {"levels": {"NOTICE": 25, "TRACE": 5}},
      "formatters": {"f": {"format": "%(levelname)s %(message)s"}},
      "handlers": {"h": {"class": "logging.StreamHandler", "level": "NOTICE", "formatter": "f"}},
      "root": {"level": "TRACE", "handlers": ["h"]}})");
  const Outcome whole = run_xylem(work, {"check", "c.json"});
  CHECK(whole.status == 0);
  CHECK(whole.out.find("NOTICE and above") != std::string::npos);
  CHECK(whole.out.find("TRACE") != std::string::npos);
  CHECK(whole.out.find("NOTICE is 25, TRACE is 5") != std::string::npos);
  CHECK(whole.err.find("Level 5") == std::string::npos);
  const auto asked = [&](const char* level) {
    return run_xylem(work, {"check", "c.json", "--logger", "a", "--level", level});
  };
  CHECK(asked("TRACE").out.find("the level of h is NOTICE") != std::string::npos);
  CHECK(asked("NOTICE").out.starts_with("a at NOTICE in c.json\n"));
  CHECK(asked("notice").status == 2);
  CHECK(asked("notice").err == "xylem: --level: Unknown level: 'notice'\n");
  const Outcome piped =
      run_xylem(work, {"pipe", "--config", "c.json", "--level", "NOTICE"}, "text\n");
  CHECK(piped.err == "NOTICE text\n");
}
