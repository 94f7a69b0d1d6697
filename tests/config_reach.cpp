#include <filesystem>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "config/dict_config.hpp"
#include "config/reach_answer.hpp"
#include "sink_support.hpp"

namespace {

using sink_test::TempDir;
using sink_test::write_file;

/// What there is to say of records of that logger and level, in a directory with logs/ in it.
std::string ask(const std::string& config, const std::string& logger, int level) {
  const TempDir work;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(work.path());
  std::filesystem::create_directory("logs");
  write_file("logs/full.log", std::string(123, 'x'));
  std::string text = xylem::config::answer(xylem::config::parse(config), logger, level);
  std::filesystem::current_path(before);
  return text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr int debug = 10;
constexpr int info = 20;
constexpr int error = 40;

const std::string queued = R"({"version": 1, "disable_existing_loggers": false,
  "filters": {"db": {"name": "my_app.db"}},
  "handlers": {
    "stderr": {"class": "logging.StreamHandler", "level": "WARNING"},
    "file": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/full.log",
             "maxBytes": 1000, "backupCount": 2},
    "db": {"class": "logging.FileHandler", "filename": "logs/db.log", "filters": ["db"]},
    "queue": {"class": "logging.handlers.QueueHandler", "handlers": ["stderr", "file", "db"],
              "respect_handler_level": true}},
  "loggers": {"my_app": {"level": "INFO"}, "alone": {"propagate": false}},
  "root": {"level": "DEBUG", "handlers": ["queue"]}})";

}  // namespace

TEST_CASE("the answer says which handlers behind a queue get a record, and why the others do not") {
  CHECK(ask(queued, "my_app.web", info) == R"(my_app.web at INFO

Logger
  named   no: what holds for my_app holds for it
  level   INFO, from my_app
  record  made

Handlers
  of root
    -> queue -> stderr  no: the level of stderr is WARNING
    -> queue -> file    yes: logs/full.log
    -> queue -> db      no: filter db lets my_app.db and what is below it pass

Answers
  no output?     it goes to logs/full.log
  output twice?  no
  not rotating?  logs/full.log: rolls over before it reaches 1000 bytes, and has 123 now
)");
  CHECK(has(ask(queued, "my_app.db.pool", error), "-> queue -> db      yes: logs/db.log\n"));
  CHECK(has(ask(queued, "my_app.db.pool", error), "-> queue -> stderr  yes: stderr\n"));
  CHECK(has(ask(queued, "my_app.dbx", error), "-> queue -> db      no: filter db"));
}

TEST_CASE("the answer says whose level keeps a record from being made") {
  CHECK(
      has(ask(queued, "my_app.db", debug), "record  not made: its level is INFO, that of my_app"));
  CHECK(has(ask(queued, "my_app", debug), "record  not made: its level is INFO, its own"));
  CHECK(has(ask(queued, "other", debug), "record  made"));
  CHECK(has(ask(R"({"version": 1})", "", info),
            "record  not made: its level is WARNING, the default of root"));
  CHECK(has(ask(queued, "my_app", debug), "no output?     no record is made: its level is INFO"));
}

TEST_CASE("the answer knows who does not propagate, and who is without a handler") {
  const std::string alone = ask(queued, "alone", error);
  CHECK(has(alone, "of root  not asked: alone does not propagate"));
  CHECK(has(alone, "none     the bare message goes to stderr"));
  CHECK(has(alone, "give handlers to alone, or let alone propagate"));
  CHECK(has(ask(queued, "alone", info), "none     the record goes nowhere"));
}

TEST_CASE("the answer knows which levels a filter lets pass") {
  const auto filtered = [](const std::string& range, int level) {
    return ask(R"j({"version": 1, "filters": {"f": {"()": "xylem.LevelFilter", )j" + range +
                   R"(}}, "handlers": {"h": {"class": "logging.StreamHandler", "filters": ["f"]}},
        "root": {"level": "DEBUG", "handlers": ["h"]}})",
               "a", level);
  };
  const std::string both = R"("min": "INFO", "max": 30)";
  CHECK(has(filtered(both, debug), "-> h   no: filter f lets INFO to WARNING pass\n"));
  CHECK(has(filtered(both, info), "-> h   yes: stderr\n"));
  CHECK(has(filtered(both, error), "-> h   no: filter f lets INFO to WARNING pass\n"));
  CHECK(has(filtered(R"("min": "ERROR")", info), "no: filter f lets ERROR and above pass\n"));
  CHECK(has(filtered(R"("max": "INFO")", error), "no: filter f lets up to INFO pass\n"));
}

TEST_CASE("the answer finds what is written twice, and by whom") {
  const std::string twice = ask(R"({"version": 1, "handlers": {
      "a": {"class": "logging.FileHandler", "filename": "logs/a.log"},
      "b": {"class": "logging.FileHandler", "filename": "logs/../logs/a.log"}},
      "loggers": {"x": {"handlers": ["a"]}}, "root": {"level": "DEBUG", "handlers": ["a", "b"]}})",
                                "x", info);
  CHECK(
      has(twice,
          "output twice?  logs/a.log gets it 3 times, by a of x and a of root and b of root: take "
          "one of them out, or set propagate of x to false\n"));
  CHECK(has(twice, "not rotating?  logs/a.log: logging.FileHandler never rolls over\n"));
  const std::string terminal = ask(R"({"version": 1, "handlers": {
      "o": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
      "e": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["o", "e"]}})",
                                   "root", error);
  CHECK(has(terminal, "output twice?  on a terminal, which shows both stdout and stderr\n"));
}

TEST_CASE("the answer knows why a file does not roll over, and that it cannot be opened") {
  const auto file = [](const std::string& members) {
    return ask(R"({"version": 1, "handlers": {"h": {
        "class": "logging.handlers.RotatingFileHandler", )" +
                   members + R"(}}, "root": {"handlers": ["h"]}})",
               "a", error);
  };
  CHECK(
      has(file(R"("filename": "logs/x")"), "logs/x: never rolls over, since maxBytes is not set"));
  CHECK(has(file(R"("filename": "logs/x", "maxBytes": 10)"),
            "logs/x: never rolls over, since backupCount is 0"));
  CHECK(has(file(R"("filename": "logs/x", "maxBytes": 10, "backupCount": 1)"),
            "logs/x: rolls over before it reaches 10 bytes, and is not there yet"));
  const std::string missing = file(R"("filename": "no/x", "maxBytes": 10, "backupCount": 1)");
  CHECK(has(missing, "no output?     The directory 'no' does not exist"));
  CHECK(has(missing, "not rotating?  no/x: cannot be opened, see above"));
}

TEST_CASE("the answer warns of loggers that the configuration disables when they exist already") {
  const std::string config = R"({"version": 1, "handlers": {"h": {"class":
      "logging.StreamHandler"}}, "loggers": {"a": {}}, "root": {"handlers": ["h"]}})";
  CHECK(has(ask(config, "b", error), "older than the configuration is disabled"));
  CHECK_FALSE(has(ask(config, "a", error), "is disabled"));
  CHECK_FALSE(has(ask(config, "a.b", error), "is disabled"));
  CHECK_FALSE(has(ask(config, "", error), "is disabled"));
  CHECK_FALSE(has(ask(queued, "b", error), "is disabled"));
}
