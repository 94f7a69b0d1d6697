#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tool_support.hpp"

namespace {

using namespace tool_test;

Outcome run_my_app(const WorkDir& work, const std::string& config_file) {
  return run(work.path(), {std::string{XYLEM_BUILD_ROOT} + "/tools/my_app", config_file});
}

const std::vector<std::pair<std::string, std::string>> records = {
    {"DEBUG", "debug message"}, {"INFO", "info message"},         {"WARNING", "warning message"},
    {"ERROR", "error message"}, {"CRITICAL", "critical message"}, {"ERROR", "exception message"}};

/// The text with each number as 0: what is left is the same in every run.
std::string shape_of(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      shape += c;
    } else if (!shape.ends_with('0')) {
      shape += '0';
    }
  }
  return shape;
}

/// The form of Python's traceback; where the source stands depends on the build directory.
void check_traceback(const std::string& text) {
  CAPTURE(text);
  const std::string shape = shape_of(text);
  CHECK(shape.starts_with("Traceback (most recent call last):\n  File \""));
  CHECK(
      shape.ends_with("tools/my_app.cpp\", line 0, in main\nstd::domain_error: division by zero"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

/// The six lines of the guideline's sample: keys, their order, types and what is known of values.
void check_sample(const std::vector<std::string>& lines) {
  REQUIRE(lines.size() == records.size());
  std::string last_time;
  std::set<int> places;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    CAPTURE(line);
    std::vector<std::string> keys = {"level",  "message",  "timestamp", "logger",
                                     "module", "function", "line",      "thread_name"};
    if (i == 0) keys.emplace_back("x");
    if (i == 5) keys.emplace_back("exc_info");
    CHECK(keys_of(line) == keys);
    CHECK(text_member(line, "level") == records[i].first);
    CHECK(text_member(line, "message") == records[i].second);
    const std::string time = text_member(line, "timestamp");
    // Without a fraction when the microseconds are 0.
    CHECK((shape_of(time) == "0-0-0T0:0:0.0+0:0" || shape_of(time) == "0-0-0T0:0:0+0:0"));
    CHECK(time.size() == (shape_of(time).size() == 17 ? 32 : 25));
    CHECK(time.ends_with("+00:00"));
    CHECK(time.substr(0, 19) >= last_time);
    last_time = time.substr(0, 19);
    CHECK(text_member(line, "logger") == "my_app");
    CHECK(text_member(line, "module") == "my_app");
    CHECK(text_member(line, "function") == "main");
    CHECK(text_member(line, "thread_name") == "MainThread");
    places.insert(std::stoi(member(line, "line").value()));
  }
  CHECK(places.size() == lines.size());
  CHECK(text_member(lines[0], "x") == "hello");
  check_traceback(text_member(lines[5], "exc_info"));
}

}  // namespace

TEST_CASE("my_app under the queued config writes the guideline's sample") {
  const WorkDir work;
  const Outcome outcome = run_my_app(work, config("5-queued-stderr-json-file.json"));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "accepted 6 = written 6 + dropped 0 + failed 0\n");
  check_sample(lines_of(read_file(work / "logs/my_app.log.jsonl")));
  CHECK(work.logs().size() == 1);

  CAPTURE(outcome.err);
  const auto errors = lines_of(outcome.err);
  REQUIRE(errors.size() == 4 + 3);
  for (std::size_t i = 0; i < 4; ++i) {
    std::string shape = shape_of(errors[i]);
    if (const std::size_t zone = shape.find("-0: "); zone != std::string::npos) shape[zone] = '+';
    CHECK(shape ==
          "[" + records[i + 2].first + "|my_app|L0] 0-0-0T0:0:0+0: " + records[i + 2].second);
  }
  check_traceback(errors[4] + "\n" + errors[5] + "\n" + errors[6]);
}

TEST_CASE("my_app run again appends; under the other configs it writes what they say") {
  const WorkDir work;
  CHECK(run_my_app(work, config("2-stderr-json-file.json")).status == 0);
  const Outcome second = run_my_app(work, config("2-stderr-json-file.json"));
  CHECK(
      second.err.starts_with("WARNING: warning message\nERROR: error message\n"
                             "CRITICAL: critical message\nERROR: exception message\nTraceback "));
  const auto lines = lines_of(read_file(work / "logs/my_app.log.jsonl"));
  REQUIRE(lines.size() == 12);
  check_sample({lines.begin(), lines.begin() + 6});
  check_sample({lines.begin() + 6, lines.end()});

  const Outcome plain = run_my_app(work, config("0-stdout.json"));
  CHECK(plain.err.empty());
  CHECK(plain.out.starts_with(
      "DEBUG: debug message\nINFO: info message\nWARNING: warning message\n"));

  const Outcome split = run_my_app(work, config("3-homework-filtered-stdout-stderr.json"));
  CHECK(split.out.starts_with("DEBUG: debug message\nINFO: info message\naccepted 6"));
  CHECK(lines_of(split.err).front() == "WARNING: warning message");

  CHECK(run_my_app(work, config("1-stderr-file.json")).status == 0);
  CHECK(read_file(work / "logs/my_app.log").find("INFO|my_app|L") != std::string::npos);
}

TEST_CASE("my_app says what is wrong with its config and ends with status 1") {
  const WorkDir work;
  const Outcome outcome = run_my_app(work, "nowhere.json");
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("nowhere.json") != std::string::npos);
}
