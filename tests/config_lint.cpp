#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "config/dict_config.hpp"
#include "config/document.hpp"
#include "config/lint.hpp"
#include "config/yaml.hpp"
#include "sink_support.hpp"

using xylem::config::Warning;

namespace {

using sink_test::TempDir;
using sink_test::write_file;

std::vector<Warning> warnings_of(const std::string& text, const std::string& name = "c.json") {
  return xylem::config::lint(xylem::config::parse_source(text, name),
                             xylem::config::parse(text, name));
}

/// "PATH: MESSAGE" of each, a line each.
std::string lint(const std::string& text) {
  std::string lines;
  for (const Warning& warning : warnings_of(text)) {
    lines += warning.path + ": " + warning.message + "\n";
  }
  return lines;
}

/// A document whose root has one handler h, and whatever else is given.
std::string with(const std::string& members) {
  return R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler"}},
             "root": {"handlers": ["h"]}, )" +
         members + "}";
}

/// The only handler, of the root, with the given members.
std::string handler(const std::string& members) {
  return R"({"version": 1, "handlers": {"h": {)" + members + R"(}}, "root": {"handlers": ["h"]}})";
}

std::string rotating(const std::string& members) {
  return lint(
      handler(R"("class": "logging.handlers.RotatingFileHandler", "filename": "x.log")" + members));
}

}  // namespace

TEST_CASE("the configs that ship have nothing odd") {
  const TempDir work;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(work.path());
  std::filesystem::create_directory("logs");
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(XYLEM_SOURCE_ROOT) + "/configs")) {
    const std::string name = entry.path();
    CAPTURE(name);
    const std::vector<Warning> warnings = warnings_of(xylem::config::read_file(name), name);
    CHECK(warnings.empty());
    for (const Warning& warning : warnings) MESSAGE(warning.path << ": " << warning.message);
    ++count;
  }
  std::filesystem::current_path(before);
  CHECK(count >= 9);
}

TEST_CASE("keys that nobody reads are told, with the key that may be meant") {
  CHECK(lint(with(R"("handler": {})")) ==
        "handler: 'handler' is ignored. Did you mean 'handlers'?\n");
  CHECK(lint(with(R"("comment": "x", "xylem": {}, "disable_existing_loggers": false)")) ==
        "comment: 'comment' is ignored: take it out\n");
  const std::string formatter = R"({"version": 1, "handlers": {"h": {
      "class": "logging.StreamHandler", "formatter": "f"}}, "root": {"handlers": ["h"]},
      "formatters": {"f": {)";
  CHECK(lint(formatter + R"("fmt": "%(message)s"}}})") ==
        "formatters.f.fmt: 'fmt' is ignored. Did you mean 'format'?\n");
  CHECK(lint(formatter + R"("class": "logging.Formatter", "fmt_keys": {}}}})") ==
        "formatters.f.fmt_keys: 'fmt_keys' is ignored: only a formatter that is made by '()' "
        "instead of 'class' gets it\n");
  CHECK(lint(formatter + R"x("()": "mylogger.MyJSONFormatter", "fmt_keys": {}}}})x").empty());
  CHECK(lint(R"({"version": 1, "filters": {"f": {"class": "mylogger.NonErrorFilter"}},
      "handlers": {"h": {"class": "logging.StreamHandler", "filters": ["f"]}},
      "root": {"handlers": ["h"]}})") ==
        "filters.f.class: 'class' is ignored: a class is named by '()' here\n");
  CHECK(lint(with(R"("loggers": {"a.b": {"levle": "INFO"}})")) ==
        "loggers[a.b].levle: 'levle' is ignored. Did you mean 'level'?\n");
  CHECK(lint(R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler"}},
      "root": {"handlers": ["h"], "propagate": false}})") ==
        "root.propagate: 'propagate' is ignored: root has nobody to propagate to\n");
}

TEST_CASE("a string where true or false is meant is told") {
  const std::string no =
      "'no' is a string, and counts as true whatever it says: write true or false without quotes\n";
  CHECK(lint(with(R"("disable_existing_loggers": "no")")) == "disable_existing_loggers: " + no);
  CHECK(lint(with(R"("loggers": {"a": {"propagate": "no"}})")) == "loggers.a.propagate: " + no);
  CHECK(lint(with(R"("loggers": {"a": {"propagate": "", "handlers": ["h"]}})")) ==
        "loggers.a.propagate: '' is a string, and counts as false: write false\n");
  CHECK(lint(with(R"("loggers": {"a": {"propagate": 0, "handlers": ["h"]}})")).empty());
  CHECK(lint(handler(R"("class": "logging.FileHandler", "filename": "x.log", "delay": "no")")) ==
        "handlers.h.delay: " + no);
}

TEST_CASE("handlers of the root that a second root takes away are told") {
  const std::string start = R"({"version": 1, "handlers": {"h": {"class":
      "logging.StreamHandler"}}, "loggers": {"root": {"handlers": ["h"]}}, )";
  CHECK(lint(start + R"("root": {"handlers": ["h"]}})") ==
        "loggers.root.handlers: The top-level 'root' takes these handlers away again: keep one of "
        "the two\n");
  CHECK(lint(start + R"("root": {}})").empty());
}

TEST_CASE("a logger without a handler anywhere above it is told") {
  CHECK(lint(R"({"version": 1, "loggers": {"a": {"level": "INFO"}}})") ==
        "loggers.a: Records of 'a' reach no handler: warnings appear as bare messages on stderr, "
        "the others nowhere. Give handlers to it or to a logger above it\n");
  CHECK(lint(R"({"version": 1, "root": {"level": "INFO"}})") ==
        "root: Records of 'root' reach no handler: warnings appear as bare messages on stderr, the "
        "others nowhere. Give it handlers\n");
  CHECK(lint(with(R"("loggers": {"a": {"propagate": false}})")) ==
        "loggers.a: Records of 'a' reach no handler: warnings appear as bare messages on stderr, "
        "the others nowhere. Give it handlers, or let it propagate\n");
  CHECK(lint(with(R"("loggers": {"a": {}})")).empty());
}

TEST_CASE("levels that no record can reach are told") {
  const auto levels = [](const std::string& logger, const std::string& handler) {
    return lint(
        R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "level": ")" +
        handler + R"("}}, "root": {"level": ")" + logger + R"(", "handlers": ["h"]}})");
  };
  CHECK(levels("INFO", "INFO").empty());
  CHECK(levels("INFO", "NOTSET").empty());
  CHECK(levels("DEBUG", "WARNING") ==
        "root.level: No handler takes records below WARNING: raise this level to WARNING, which "
        "saves making them, or lower that of a handler\n");
  CHECK(levels("WARNING", "DEBUG") ==
        "handlers.h.level: Records below WARNING never come here: lower the level of a logger that "
        "leads here, or raise this one to WARNING\n");
  // The level of the root serves another logger, and the handler has another way.
  CHECK(lint(R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler",
      "level": "WARNING"}, "d": {"class": "logging.StreamHandler"}},
      "loggers": {"a": {"handlers": ["d"]}}, "root": {"level": "DEBUG", "handlers": ["h"]}})")
            .empty());
}

TEST_CASE("a handler that its filters and its level leave nothing is told") {
  CHECK(lint(R"x({"version": 1, "filters": {"f": {"()": "mylogger.NonErrorFilter"}},
      "handlers": {"h": {"class": "logging.StreamHandler", "level": "WARNING", "filters": ["f"]},
                   "all": {"class": "logging.StreamHandler"}},
      "root": {"handlers": ["h", "all"]}})x") ==
        "handlers.h: No record can pass both the levels and the filters on the way to this "
        "handler: compare its level with its filters and with what leads here\n");
}

TEST_CASE("a filter's lowest level counts like that of a handler") {
  const auto filtered = [](const std::string& of_handler, const std::string& root_level) {
    return lint(R"x({"version": 1, "filters": {
          "f": {"()": "xylem.LevelFilter", "min": "INFO", "max": "WARNING"}},
        "handlers": {"h": {"class": "logging.StreamHandler", "filters": ["f"])x" +
                of_handler + R"(}}, "root": {"level": ")" + root_level +
                R"(", "handlers": ["h"]}})");
  };
  CHECK(filtered("", "INFO").empty());
  CHECK(filtered(R"(, "level": "DEBUG")", "INFO").empty());
  CHECK(filtered("", "DEBUG") ==
        "root.level: No handler takes records below INFO: raise this level to INFO, which saves "
        "making them, or lower that of a handler\n");
  CHECK(filtered(R"(, "level": "INFO")", "WARNING") ==
        "handlers.h.level: Records below WARNING never come here: lower the level of a logger that "
        "leads here, or raise this one to WARNING\n");
  CHECK(filtered("", "ERROR") ==
        "handlers.h: No record can pass both the levels and the filters on the way to this "
        "handler: compare its level with its filters and with what leads here\n");
}

TEST_CASE("levels behind a queue that does not respect them are told") {
  const auto queue = [](const std::string& respect) {
    return lint(R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler",
        "level": "ERROR"}, "q": {"class": "logging.handlers.QueueHandler", "handlers": ["h"]
        )" + respect +
                R"(}}, "root": {"handlers": ["q"]}})");
  };
  CHECK(queue("") ==
        "handlers.q: The level ERROR of 'h' does not count behind this queue: set "
        "respect_handler_level to true\n");
  CHECK(queue(R"(, "respect_handler_level": true)").empty());
}

TEST_CASE("what is defined and not used is told") {
  CHECK(lint(R"({"version": 1, "formatters": {"f": {}}, "filters": {"g": {}},
      "handlers": {"h": {"class": "logging.StreamHandler"},
                   "q": {"class": "logging.handlers.QueueHandler", "handlers": ["h"]}}})") ==
        "handlers.q: No logger or handler uses 'q': name it, or take it out\n"
        "formatters.f: No handler uses 'f': name it, or take it out\n"
        "filters.g: No logger or handler uses 'g': name it, or take it out\n");
}

TEST_CASE("two handlers that write one file are told, whatever they call it") {
  const TempDir work;
  std::filesystem::create_directory(work / "real");
  std::filesystem::create_directory_symlink("real", work / "link");
  const auto two = [](const std::string& a, const std::string& b) {
    return lint(R"({"version": 1, "handlers": {
        "a": {"class": "logging.FileHandler", "filename": ")" +
                a + R"("},
        "b": {"class": "logging.FileHandler", "filename": ")" +
                b + R"("}},
        "root": {"handlers": ["a", "b"]}})");
  };
  CHECK(two(work / "real/x.log", work / "real/y.log").empty());
  CHECK(two("/dev/null", "/dev/null").empty());
  for (const std::string name : {"real/x.log", "link/x.log", "real/../real/./x.log"}) {
    const std::string file = work / name;
    CHECK(two(work / "real/x.log", file) == "handlers.b.filename: 'a' and 'b' write one file, '" +
                                                file +
                                                "': let one handler serve the loggers of both\n");
  }
}

TEST_CASE("a rotating file that never rolls over is told") {
  CHECK(rotating(R"(, "maxBytes": 100, "backupCount": 1)").empty());
  CHECK(rotating(R"(, "maxBytes": 100)") ==
        "handlers.h: The file never rolls over, since no backup may be kept: set backupCount to 1 "
        "or more\n");
  CHECK(rotating(R"(, "backupCount": 3)") ==
        "handlers.h: The file never rolls over: set maxBytes and backupCount, or make this a "
        "logging.FileHandler\n");
  for (const auto* const mode : {R"("w")", R"("nonsense")", "null"}) {
    CHECK(
        rotating(R"(, "maxBytes": 100, "backupCount": 1, "mode": )" + std::string{mode}) ==
        "handlers.h.mode: A file with maxBytes is appended to, whatever mode says: take it out\n");
  }
  CHECK(rotating(R"(, "maxBytes": 100, "backupCount": 1, "mode": "a")").empty());
}

TEST_CASE("a file that cannot be opened is told, and nothing is made") {
  const TempDir work;
  const auto file = [](const std::string& name) {
    return lint(handler(R"("class": "logging.handlers.RotatingFileHandler", "maxBytes": 9,
        "backupCount": 1, "filename": ")" +
                        name + "\""));
  };
  CHECK(file(work / "x.log").empty());
  CHECK(file(work / "no/such/x.log") ==
        "handlers.h.filename: The directory '" + work / "no/such" +
            "' does not exist, and nobody makes it: make it before the program starts\n");
  write_file(work / "plain", "");
  CHECK(file(work / "plain/x.log") ==
        "handlers.h.filename: '" + work / "plain" + "' is no directory: choose another\n");
  std::filesystem::create_directory(work / "dir");
  CHECK(file(work / "dir") ==
        "handlers.h.filename: '" + work / "dir" + "' is a directory: name a file in it\n");
  CHECK_FALSE(std::filesystem::exists(work / "x.log"));
  CHECK_FALSE(std::filesystem::exists(work / "no"));
}

TEST_CASE("a file or a directory that belongs to somebody else is told") {
  const TempDir work;
  std::filesystem::permissions(work.path(), std::filesystem::perms{0755});
  write_file(work / "x.log", "");
  const auto file = [&work](const std::string& name) {
    const std::string text = handler(R"("class": "logging.handlers.RotatingFileHandler",
        "maxBytes": 9, "backupCount": 1, "filename": ")" +
                                     work / name + "\"");
    return lint(text);
  };
  const bool is_root = ::geteuid() == 0;
  std::filesystem::permissions(work.path(), std::filesystem::perms{0555});
  constexpr uid_t nobody = 65534;
  if (is_root) REQUIRE(::seteuid(nobody) == 0);
  const std::string existing = file("x.log");
  const std::string absent = file("y.log");
  if (is_root) REQUIRE(::seteuid(0) == 0);
  std::filesystem::permissions(work.path(), std::filesystem::perms{0755});
  std::filesystem::permissions(work / "x.log", std::filesystem::perms{0444});
  if (is_root) REQUIRE(::seteuid(nobody) == 0);
  const std::string read_only = file("x.log");
  if (is_root) REQUIRE(::seteuid(0) == 0);
  const std::string place = "'" + std::string(work.path()) + "'";
  CHECK(absent == "handlers.h.filename: This user may not make files in " + place +
                      ": change its owner or mode\n");
  const std::string no_write = "handlers.h.filename: This user may not write '" + work / "x.log" +
                               "': change its owner or mode\n";
  CHECK(read_only == no_write);
  // Root's file is not nobody's to write either.
  CHECK(existing == (is_root ? no_write
                             : "handlers.h.filename: This user may not rename files in " + place +
                                   ", so the file cannot roll over: change the owner or mode of "
                                   "the directory\n"));
}

TEST_CASE("an incremental configuration is told what it leaves out, and nothing else") {
  const std::string text = R"({"version": 1, "incremental": true, "formatters": {"f": {}},
      "handlers": {"h": {"level": "INFO", "class": "logging.StreamHandler"}},
      "loggers": {"a": {"level": "INFO", "handlers": []}}})";
  const xylem::config::Value document = xylem::config::parse_source(text, "c.json");
  std::string lines;
  for (const Warning& warning : xylem::config::lint(document, xylem::config::Plan{})) {
    lines += warning.path + ": " + warning.message + "\n";
  }
  CHECK(lines ==
        "formatters: 'formatters' is ignored: take it out\n"
        "handlers.h.class: 'class' is ignored: take it out\n"
        "loggers.a.handlers: 'handlers' is ignored: take it out\n");
}
