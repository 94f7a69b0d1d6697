// What a process with several engines leaves is recovered engine by engine, each record once.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/xylem.hpp>

#include "child_support.hpp"
#include "engine_support.hpp"

using namespace engine_test;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

/// One for each engine of engines_child.
void write_configs(const TempDir& dir) {
  const std::string engine =
      R"({"signals": false, "ring": {"crash_dir": ")" + (dir / "crash") + R"("}})";
  const std::string keys = R"({"logger": "name"})";
  for (const char* const name : {"default", "api", "gone"}) {
    write_file(
        dir / (std::string{name} + ".json"),
        ToFile{.path = dir / (std::string{name} + ".log"), .fmt_keys = keys, .engine = engine}
            .json());
  }
}

Texts numbers(int count) {
  Texts texts;
  for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

std::size_t crash_files(const TempDir& dir) {
  const fs::directory_iterator files{dir / "crash"};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

/// Whether all lines have the context of the process that died.
bool have_context(const std::string& path, int records) {
  const auto lines = read_lines(path);
  return std::all_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.integer("run") == records; });
}

}  // namespace

TEST_CASE("after a kill each engine's records come back with its own configuration, once") {
  for (const int pause_us : {0, 0, 100, 1000, 20'000}) {
    for (const int records : {1, 40, 400}) {
      CAPTURE(pause_us);
      CAPTURE(records);
      const TempDir dir;
      write_configs(dir);
      const auto child = child_test::run_child(
          "engines_child", {dir.path(), std::to_string(records), std::to_string(pause_us)});
      CHECK(child.exit_status == -1);
      const StderrCapture errors;
      // A start of the default engine alone, and another one: what is the api's waits.
      for (int i = 0; i < 2; ++i) {
        xylem::configure_file(dir / "default.json");
        xylem::shutdown();
        CHECK(messages(dir / "default.log") == numbers(records));
      }
      // Of an engine that is gone, as it would have gone: perhaps some of it twice, as on any
      // console.
      const std::string shown = child.errors + errors.text();
      for (const std::string& number : numbers(records)) {
        CHECK(("\n" + shown).find("\n" + number + "\n") != std::string::npos);
      }
      for (int i = 0; i < 2; ++i) {
        xylem::configure_file(dir / "default.json");
        const xylem::Engine api{dir / "api.json"};
        CHECK(messages(dir / "api.log") == numbers(records));
        CHECK(crash_files(dir) == 1);
        xylem::shutdown();
      }
      CHECK(messages(dir / "default.log") == numbers(records));
      CHECK(have_context(dir / "default.log", records));
      CHECK(have_context(dir / "api.log", records));
      CHECK(crash_files(dir) == 0);
      CHECK(read_file(dir / "gone.log").empty());
    }
  }
}

TEST_CASE("a config is recovered whichever engine it was of, and into whichever") {
  const TempDir dir;
  write_configs(dir);
  child_test::run_child("engines_child", {dir.path(), "300", "0"});
  const StderrCapture errors;
  // What was the default engine's is recovered by another, and the other way round.
  xylem::configure_file(dir / "api.json");
  {
    const xylem::Engine other{dir / "default.json"};
    CHECK(messages(dir / "api.log") == numbers(300));
    CHECK(messages(dir / "default.log") == numbers(300));
    CHECK(crash_files(dir) == 1);
  }
  xylem::shutdown();
}

TEST_CASE("xylem recover writes what belongs to the config it is given, and leaves the rest") {
  const TempDir dir;
  write_configs(dir);
  child_test::run_child("engines_child", {dir.path(), "300", "0"});
  const auto recover = [&](const std::string& config) {
    return child_test::run_child("../tools/xylem", {"recover", "--config", dir / config})
        .exit_status;
  };
  CHECK(recover("api.json") == 0);
  CHECK(messages(dir / "api.log") == numbers(300));
  CHECK(crash_files(dir) == 1);
  CHECK(recover("api.json") == 0);
  CHECK(messages(dir / "api.log") == numbers(300));
  CHECK(recover("default.json") == 0);
  CHECK(messages(dir / "default.log") == numbers(300));
  CHECK(crash_files(dir) == 0);
}
