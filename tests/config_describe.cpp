#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <unistd.h>

#include "config/describe.hpp"
#include "config/dict_config.hpp"

using xylem::config::describe;
using xylem::config::parse;

namespace {

/// The lines below a title, up to the empty line after them.
std::string section(const std::string& text, const std::string& title) {
  const std::size_t start = text.find("\n" + title);
  if (start == std::string::npos) return {};
  const std::size_t lines = text.find('\n', start + 1) + 1;
  const std::size_t end = text.find("\n\n", lines);
  return end == std::string::npos ? text.substr(lines) : text.substr(lines, end - lines + 1);
}

}  // namespace

TEST_CASE("the queued configuration shows which levels reach which handler, through the queue") {
  const std::string text = describe(xylem::config::parse_file(
      std::string(XYLEM_SOURCE_ROOT) + "/configs/5-queued-stderr-json-file.json"));
  CHECK(text.find("5-queued-stderr-json-file.json\n") != std::string::npos);
  CHECK(section(text, "Loggers") == R"(  root                             DEBUG
    -> queue_handler -> stderr     WARNING and above
    -> queue_handler -> file_json  DEBUG and above
)");
  CHECK(section(text, "Handlers") ==
        R"(  file_json      logging.handlers.RotatingFileHandler
                 logs/my_app.log.jsonl: append, 10000 bytes a file, 3 backups
                 level DEBUG, formatter json
  stderr         logging.StreamHandler
                 stderr
                 level WARNING, formatter simple
  queue_handler  logging.handlers.QueueHandler
                 to stderr, file_json, at their levels
                 level NOTSET
)");
  CHECK(section(text, "Formatters").find("level=levelname, message, timestamp, logger=name") !=
        std::string::npos);
  CHECK(section(text, "Files") == "  logs/my_app.log.jsonl  written by file_json\n");
  CHECK(section(text, "Filters").empty());
  CHECK(section(text, "Engine").find("4096 slots (256 KiB) a thread") != std::string::npos);
}

TEST_CASE("a filter for quiet levels shows as a range") {
  const std::string text = describe(xylem::config::parse_file(
      std::string(XYLEM_SOURCE_ROOT) + "/configs/3-homework-filtered-stdout-stderr.json"));
  CHECK(section(text, "Loggers") == R"(  root         DEBUG
    -> stdout  DEBUG to INFO
    -> stderr  WARNING and above
)");
  CHECK(section(text, "Filters") == "  no_errors  mylogger.NonErrorFilter: up to INFO\n");
}

TEST_CASE("loggers form a tree with inherited levels and the handlers of their ancestors") {
  const std::string text = describe(parse(R"j({"version": 1,
      "filters": {"quiet": {"()": "mylogger.NonErrorFilter"}, "db": {"name": "app.db"}},
      "handlers": {"out": {"class": "logging.StreamHandler", "level": 15},
                   "db": {"class": "logging.StreamHandler", "filters": ["db"]},
                   "q": {"class": "logging.handlers.QueueHandler", "handlers": ["out"],
                         "level": "ERROR"},
                   "e": {"class": "logging.handlers.QueueHandler"}},
      "loggers": {"app.db": {"handlers": ["db"]}, "app-x": {}, "app": {"level": "INFO"},
                  "app.db.sql": {"level": "ERROR", "filters": ["quiet"], "handlers": ["q"]},
                  "alone": {"propagate": false}, "lost": {"propagate": false, "handlers": ["e"]}},
      "root": {"handlers": ["out"]}})j"));
  CHECK(section(text, "Loggers") == R"(  root                 WARNING (default)
    -> out             WARNING and above
    alone              WARNING (from root), does not propagate
      -> no handler    WARNING and above: message to stderr
    app                INFO
      -> out           INFO and above
      app.db           INFO (from app)
        -> db          INFO and above, only app.db
        -> out         INFO and above
        app.db.sql     ERROR, filters quiet
          -> q -> out  nothing
          -> db        nothing
          -> out       nothing
    app-x              WARNING (from root)
      -> out           WARNING and above
    lost               WARNING (from root), does not propagate
      -> e             WARNING and above, discarded
)");
}

TEST_CASE("a queue that does not respect levels passes everything") {
  const std::string text = describe(parse(R"({"version": 1,
      "handlers": {"a": {"class": "logging.StreamHandler", "level": "ERROR"},
                   "q": {"class": "logging.handlers.QueueHandler", "handlers": ["a"]}},
      "root": {"level": "NOTSET", "handlers": ["q"]}})"));
  CHECK(section(text, "Loggers") == "  root         NOTSET\n    -> q -> a  everything\n");
  CHECK(section(text, "Handlers").find("to a, whatever their levels") != std::string::npos);
}

TEST_CASE("an empty configuration says where records go") {
  CHECK(describe(parse(R"({"version": 1, "xylem": {"ring": {"crash_dir": null}}})")) ==
        R"(configuration

Loggers
  root             WARNING (default)
    -> no handler  WARNING and above: message to stderr

Engine
  ring                 4096 slots (256 KiB) a thread, callers wait when it is full
  clock                tsc
  when a disk is full  each file and stream keeps up to 16777216 bytes
  after a crash        records that are not written yet are lost
  fatal signals        recorded, then passed on
  loggers not named    disabled
)");
}

TEST_CASE("synchronous calls are told") {
  const std::string text = describe(parse(R"({"version": 1, "xylem": {"synchronous": true}})"));
  CHECK(section(text, "Engine").find("calls                return when their lines are written") !=
        std::string::npos);
}

TEST_CASE("the directory from which a crash is recovered is told, and by default the user's own") {
  const auto told = [](const std::string& engine) {
    const std::string text = describe(parse(R"({"version": 1, "xylem": )" + engine + "}"));
    return section(text, "Engine");
  };
  CHECK(told(R"({"ring": {"crash_dir": "/var/tmp/c"}})")
            .find("after a crash        records are recovered from /var/tmp/c\n") !=
        std::string::npos);
  const std::string own = "recovered from /dev/shm/xylem-" + std::to_string(geteuid()) + "\n";
  CHECK(told("{}").find(own) != std::string::npos);
}

TEST_CASE("two handlers on one file and a file that never rolls over can be seen") {
  const std::string text = describe(parse(R"({"version": 1, "handlers": {
      "a": {"class": "logging.FileHandler", "filename": "x.log", "mode": "w", "delay": true},
      "b": {"class": "logging.handlers.RotatingFileHandler", "filename": "x.log"},
      "c": {"class": "logging.handlers.RotatingFileHandler", "filename": "y z.log", "maxBytes": 9},
      "d": {"class": "logging.handlers.RotatingFileHandler", "filename": "\u001b[1m",
            "maxBytes": 9, "backupCount": 1, ".": {"terminator": "\r\n"}},
      "e": {"class": "logging.NullHandler"}}})"));
  CHECK(section(text, "Files") == R"(  x.log      written by a and b
  y z.log    written by c
  '\x1b[1m'  written by d
)");
  const std::string handlers = section(text, "Handlers");
  CHECK(handlers.find("x.log: overwrite, opened at the first record\n") != std::string::npos);
  CHECK(handlers.find("x.log: append, never rolls over\n") != std::string::npos);
  CHECK(handlers.find("grows without bound (backupCount is 0)") != std::string::npos);
  CHECK(handlers.find(R"(lines end in '\r\n', 9 bytes a file, 1 backup)") != std::string::npos);
  CHECK(handlers.find("discards\n") != std::string::npos);
}

TEST_CASE("formatters show their patterns and separators") {
  const std::string text = describe(parse(R"j({"version": 1, "formatters": {
      "t": {"format": "%(x)s\n", "datefmt": "%H:%M", "defaults": {"x": "-", "n": 1}},
      "j": {"()": "xylem.JsonFormatter", "fmt_keys": {"m": "message"}}}})j"));
  CHECK(section(text, "Formatters") == R"(  t  logging.Formatter
     format   '%(x)s\n'
     datefmt  %H:%M
     defaults x='-', n=1
  j  xylem.JsonFormatter
     keys     m=message
     text     UTF-8, separators ',' ':'
)");
}
