#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"
#include "tool_support.hpp"

// The table is made by format_cases.py with CPython 3.13.

namespace {

using namespace tool_test;

enum class End { line, failed, refused };

struct Case {
  std::string logger;
  std::string formatter;  // a member of "formatters", as JSON
  std::string record;     // as makeLogRecord takes it, as JSON
  End end = End::line;
  std::string text;  // of the line, or of the exception
};

std::string table_file() {
  return std::string{XYLEM_SOURCE_ROOT} + "/tests/format_cases.json";
}

std::vector<Case> read_table() {
  simdjson::dom::parser parser;
  const simdjson::padded_string text{read_file(table_file())};
  const simdjson::dom::element table = parser.parse(text);
  std::vector<std::string> records;
  for (const auto record : table["records"].get_array()) {
    records.emplace_back(std::string_view{record});
  }
  std::vector<Case> cases;
  for (const auto entry : table["cases"].get_array()) {
    Case c{"c" + std::to_string(cases.size()),
           std::string{std::string_view{entry["formatter"]}},
           records[std::size_t{std::uint64_t{entry["record"]}}],
           End::line,
           {}};
    for (const auto& [key, end] : {std::pair{"line", End::line}, std::pair{"failed", End::failed},
                                   std::pair{"refused", End::refused}}) {
      std::string_view found;
      if (entry[key].get(found) != simdjson::SUCCESS) continue;
      c.end = end;
      c.text = found;
    }
    cases.push_back(std::move(c));
  }
  return cases;
}

/// One logger, handler, formatter and file a case.
std::string config_of(const std::vector<Case>& cases) {
  std::string formatters;
  std::string handlers;
  std::string loggers;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const char* const comma = i == 0 ? "" : ",\n";
    formatters += fmt::format("{}\"f{}\": {}", comma, i, cases[i].formatter);
    handlers += fmt::format(
        R"({}"h{}": {{"class": "logging.FileHandler", "filename": "logs/{}", "formatter": "f{}"}})",
        comma, i, i, i);
    loggers +=
        fmt::format(R"({}"{}": {{"level": 1, "handlers": ["h{}"]}})", comma, cases[i].logger, i);
  }
  return fmt::format(
      R"({{"version": 1, "formatters": {{{}}}, "handlers": {{{}}}, "loggers": {{{}}}}})",
      formatters, handlers, loggers);
}

/// The record of a case under its logger. Of two names the last one counts.
std::string record_of(const Case& c) {
  const std::string members = c.record.substr(0, c.record.rfind('}'));
  return fmt::format("{}, \"name\": \"{}\"}}\n", members, c.logger);
}

void check_batch(const std::vector<Case>& cases) {
  const WorkDir directory;
  write_file(directory / "config.json", config_of(cases));
  std::string records;
  for (const Case& c : cases) records += record_of(c);
  const Outcome outcome = run(directory.path(),
                              {std::string{XYLEM_BUILD_ROOT} + "/tools/xylem", "pipe", "--config",
                               "config.json", "--input", "records"},
                              records, {{"TZ", "EST5EDT,M3.2.0,M11.1.0"}});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    CAPTURE(c.formatter);
    CAPTURE(c.record);
    const std::string line = read_file(directory / ("logs/" + std::to_string(i)));
    if (c.end == End::line) {
      CHECK(line == c.text + "\n");
    } else {
      const std::string report = fmt::format("handler 'h{}' lost a record: {}\n", i, c.text);
      CHECK(line.empty());
      const bool is_reported = outcome.err.find(report) != std::string::npos;
      if (!is_reported) CHECK(outcome.err == report);
    }
  }
}

}  // namespace

TEST_CASE("formatters of every style show every attribute as CPython does, byte for byte") {
  std::vector<Case> batch;
  int count = 0;
  for (Case& c : read_table()) {
    if (c.end == End::refused) continue;
    batch.push_back(std::move(c));
    ++count;
    // Reports are bounded to a hundred of a configuration.
    if (batch.size() == 90) check_batch(std::exchange(batch, {}));
  }
  check_batch(batch);
  CHECK(count >= 1000);
}

TEST_CASE("a formatter that CPython refuses is refused with CPython's words") {
  int count = 0;
  for (const Case& c : read_table()) {
    if (c.end != End::refused) continue;
    CAPTURE(c.formatter);
    ++count;
    try {
      xylem::config::parse(R"({"version": 1, "formatters": {"f": )" + c.formatter + "}}", "x.json");
      FAIL_CHECK("accepted");
    } catch (const xylem::ConfigError& error) {
      CHECK(error.message() == "Unable to configure formatter 'f': " + c.text);
    }
  }
  CHECK(count >= 80);
}

TEST_CASE("the table is what CPython 3.13 makes") {
  std::vector<std::string> candidates = {"python3.13"};
  if (const char* const home = std::getenv("HOME")) {
    std::error_code none;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string{home} + "/.pyenv/versions", none)) {
      candidates.push_back(entry.path() / "bin/python3.13");
    }
  }
  for (const std::string& python : candidates) {
    const Outcome outcome =
        run("/", {python, std::string{XYLEM_SOURCE_ROOT} + "/tests/format_cases.py"});
    if (outcome.status != 0) continue;
    CHECK(outcome.out == read_file(table_file()));
    return;
  }
  MESSAGE("skipped: no CPython 3.13 here");
}
