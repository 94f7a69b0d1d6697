#include <regex>
#include <set>
#include <string>
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

/// The six lines of the guideline's sample: keys, their order, types and what is known of values.
void check_sample(const std::vector<std::string>& lines) {
  REQUIRE(lines.size() == records.size());
  const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00)");
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
    CHECK(std::regex_match(text_member(line, "timestamp"), time));
    CHECK(text_member(line, "timestamp").substr(0, 19) >= last_time);
    last_time = text_member(line, "timestamp").substr(0, 19);
    CHECK(text_member(line, "logger") == "my_app");
    CHECK(text_member(line, "module") == "my_app");
    CHECK(text_member(line, "function") == "main");
    CHECK(text_member(line, "thread_name") == "MainThread");
    places.insert(std::stoi(member(line, "line").value()));
  }
  CHECK(places.size() == lines.size());
  CHECK(text_member(lines[0], "x") == "hello");
  // The form of Python's traceback.
  const std::regex traceback(
      "Traceback \\(most recent call last\\):\n  File \"(.*/)?tools/my_app.cpp\", "
      "line \\d+, in main\nstd::domain_error: division by zero");
  CHECK(std::regex_match(text_member(lines[5], "exc_info"), traceback));
}

}  // namespace

TEST_CASE("my_app under the queued config writes the guideline's sample") {
  const WorkDir work;
  const Outcome outcome = run_my_app(work, config("5-queued-stderr-json-file.json"));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "accepted 6 = written 6 + dropped 0 + failed 0\n");
  check_sample(lines_of(read_file(work / "logs/my_app.log.jsonl")));
  CHECK(work.logs().size() == 1);

  const std::string time = R"( \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}: )";
  const std::regex wanted(
      R"(\[WARNING\|my_app\|L\d+\])" + time + "warning message\n" + R"(\[ERROR\|my_app\|L\d+\])" +
      time + "error message\n" + R"(\[CRITICAL\|my_app\|L\d+\])" + time + "critical message\n" +
      R"(\[ERROR\|my_app\|L\d+\])" + time + "exception message\n" +
      "Traceback \\(most recent call last\\):\n  File \".*\", line \\d+, in main\n"
      "std::domain_error: division by zero\n");
  CAPTURE(outcome.err);
  CHECK(std::regex_match(outcome.err, wanted));
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
