// logging.handlers.WatchedFileHandler: the file is the one that has the name now.

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include <doctest/doctest.h>

#include <xylem/xylem.hpp>

#include "config_support.hpp"
#include "sink/file_sink.hpp"
#include "sink_support.hpp"

using sink_test::put;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using sink_test::write_file;
using xylem::sink::FileSink;
namespace fs = std::filesystem;

TEST_CASE("lines go to the file that has the name at once, not after a while") {
  const TempDir dir;
  FileSink sink(dir / "log", {.is_watched = true});
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::string line = std::to_string(i) + "\n";
    put(sink, line, i);
    sink.flush(0);
    CHECK(read_file(dir / "log") == line);
    fs::rename(dir / "log", dir / ("log." + std::to_string(i)));
  }
  sink.close(0);
  CHECK(read_file(dir / "log.7") == "7\n");
  CHECK_FALSE(fs::exists(dir / "log"));
}

TEST_CASE("a file that is deleted, or replaced by another, is opened anew") {
  const TempDir dir;
  FileSink sink(dir / "log", {.is_watched = true});
  put(sink, "one\n", 1);
  sink.flush(0);
  fs::remove(dir / "log");
  put(sink, "two\n", 2);
  sink.flush(0);
  CHECK(read_file(dir / "log") == "two\n");
  write_file(dir / "other", "made by logrotate\n");
  fs::rename(dir / "other", dir / "log");
  put(sink, "three\n", 3);
  sink.flush(0);
  sink.close(0);
  CHECK(read_file(dir / "log") == "made by logrotate\nthree\n");
}

TEST_CASE("where no new file can be made, lines go on to the one that was moved") {
  const TempDir dir;
  const StderrCapture captured;
  fs::create_directory(dir / "sub");
  FileSink sink(dir / "sub/log", {.is_watched = true});
  put(sink, "one\n", 1);
  sink.flush(0);
  fs::rename(dir / "sub/log", dir / "moved");
  fs::remove(dir / "sub");
  put(sink, "two\n", 2);
  sink.flush(0);
  CHECK(sink.idle());
  CHECK(read_file(dir / "moved") == "one\ntwo\n");
  fs::create_directory(dir / "sub");
  put(sink, "three\n", 3);
  sink.flush(0);
  sink.close(0);
  CHECK(read_file(dir / "sub/log") == "three\n");
}

TEST_CASE("a program's lines follow the name of a watched file from one flush to the next") {
  const TempDir dir;
  xylem::configure(
      R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.WatchedFileHandler",
    "delay": true, "filename": ")" +
      (dir / "log") + R"("}}, "root": {"level": "INFO", "handlers": ["h"]}})");
  const xylem::Logger log = xylem::get_logger("app");
  CHECK_FALSE(fs::exists(dir / "log"));
  for (int i = 0; i < 3; ++i) {
    log.info("{}", i);
    xylem::flush();
    fs::rename(dir / "log", dir / ("log." + std::to_string(i)));
  }
  xylem::shutdown();
  for (int i = 0; i < 3; ++i) {
    CHECK(read_file(dir / ("log." + std::to_string(i))) == std::to_string(i) + "\n");
  }
}

TEST_CASE("a watched file takes what a plain one takes") {
  const auto plan = xylem::config::parse(
      R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.WatchedFileHandler",
          "filename": "x", "mode": "w", "encoding": "utf-8", "delay": false, "errors": "strict"}}})");
  const auto& file = std::get<xylem::config::FilePlan>(plan.handlers[0].kind);
  CHECK(file.is_watched);
  CHECK(file.mode == 'w');
  config_test::check_refused(
      {R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.WatchedFileHandler"}}})",
       "Unable to configure handler 'h': WatchedFileHandler.__init__() missing 1 required "
       "positional argument: 'filename'",
       "handlers.h"});
  config_test::check_refused(
      {R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.WatchedFileHandler", "filename": "x", "when": "h"}}})",
       "Unable to configure handler 'h': WatchedFileHandler.__init__() got an unexpected keyword "
       "argument 'when'",
       "handlers.h.when"});
}
