#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tool_support.hpp"

namespace {

using namespace tool_test;
using Random = std::mt19937_64;

/// A CPython that has the queue handler of the guideline's config, or nothing.
std::string find_python() {
  std::vector<std::string> candidates = {"python3.13", "python3.12", "python3"};
  if (const char* const home = std::getenv("HOME")) {
    std::error_code none;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string{home} + "/.pyenv/versions", none)) {
      candidates.push_back(entry.path() / "bin/python3");
    }
  }
  for (const std::string& python : candidates) {
    const Outcome outcome =
        run("/", {python, "-c", "import sys; sys.exit(sys.version_info < (3, 12))"});
    if (outcome.status == 0) return python;
  }
  return {};
}

template <typename T, std::size_t N>
const T& pick(Random& random, const T (&from)[N]) {
  return from[random() % N];
}

/// A JSON string in any spelling, of characters that every Python holds printable or escapes.
std::string random_string(Random& random) {
  static constexpr std::string_view pieces[] = {
      "a",
      "Zz9",
      " ",
      "it's",
      "%(x)s %d",
      "{}",
      R"(\")",
      R"(\\)",
      R"(\n)",
      R"(\t)",
      R"(\/)",
      R"(\b)",
      R"(\u0000)",
      R"(\u001b[1m)",
      R"(\u00e9)",
      R"(\ud83d\ude00)",
      R"(\u0085)",
      R"(\u00a0)",
      "\x7f",
      "\xc3\xa9",
      "\xe2\x82\xac",
      "\xe6\x97\xa5\xe6\x9c\xac",
      "\xf0\x9f\x98\x80",
      "a somewhat longer piece of text, as messages have them"};
  std::string text = "\"";
  for (std::uint64_t n = random() % 8; n > 0; --n) text += pick(random, pieces);
  return text + "\"";
}

std::string random_number(Random& random) {
  static constexpr std::string_view numbers[] = {"0",
                                                 "-0",
                                                 "-0.0",
                                                 "1.0",
                                                 "1e5",
                                                 "1E+2",
                                                 "0.1",
                                                 "1e-7",
                                                 "1e16",
                                                 "123456789.123456789",
                                                 "5e-324",
                                                 "1e308",
                                                 "9007199254740993",
                                                 "-9223372036854775808",
                                                 "18446744073709551615",
                                                 "-123456789012345678901234567890"};
  if (random() % 2 == 0) return std::string{pick(random, numbers)};
  return random() % 2 == 0 ? std::to_string(static_cast<std::int64_t>(random()) >> random() % 60)
                           : fmt::format("{}", static_cast<double>(random() % 100'000'000) / 1e4);
}

std::string random_value(Random& random, int depth = 3) {
  static constexpr std::string_view words[] = {"true", "false", "null", "[]", "{ }"};
  const std::uint64_t kind = random() % (depth == 0 ? 3 : 5);
  if (kind == 0) return random_string(random);
  if (kind == 1) return random_number(random);
  if (kind == 2) return std::string{pick(random, words)};
  std::string text = kind == 3 ? "[" : "{";
  const std::uint64_t count = random() % 4;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += random() % 2 == 0 ? "," : " , ";
    if (kind == 4) text += random_string(random) + (random() % 2 == 0 ? ":" : " : ");
    text += random_value(random, depth - 1);
  }
  return text + (kind == 3 ? "]" : "}");
}

/// Whether attributes may be null: Python refuses to show None as a number.
enum class Nulls { some, none };

/// One record with all that a line could show, its keys in any order.
std::string random_record(Random& random, Nulls nulls) {
  static constexpr std::string_view names[] = {"my_app", "my_app.db", "root", "other.x"};
  static constexpr std::string_view extras[] = {"x",          "user_id", "level", "timestamp",
                                                "caf\\u00e9", "a b",     "extra"};
  static constexpr std::pair<std::string_view, int> levels[] = {{"DEBUG", 10},    {"INFO", 20},
                                                                {"WARNING", 30},  {"ERROR", 40},
                                                                {"CRITICAL", 50}, {"NOTICE", 25}};
  static constexpr std::string_view nullable =
      R"("levelname" "module" "filename" "pathname" "lineno" "thread" "threadName" "process" "processName")";
  const auto& [level, number] = pick(random, levels);
  // A microsecond of any day from 1970 to 2033, which a double cannot always hold.
  const std::uint64_t time_us = random() % 2'000'000'000'000'000;
  const std::uint64_t us = random() % 8 == 0 ? 0 : time_us % 1'000'000;
  std::vector<std::string> members = {
      fmt::format(R"("name": "{}")", pick(random, names)),
      fmt::format(R"("levelname": "{}")", level),
      fmt::format(R"("levelno": {})", number),
      R"("msg": )" + (random() % 8 == 0 ? random_value(random) : random_string(random)),
      fmt::format(R"("created": {}.{:06})", time_us / 1'000'000, us),
      fmt::format(R"("msecs": {}.0)", us / 1000),
      fmt::format(R"("relativeCreated": {}.5)", random() % 100'000),
      R"("module": )" + random_string(random),
      R"("filename": )" + random_string(random),
      R"("pathname": )" + random_string(random),
      R"("funcName": )" + (random() % 8 == 0 ? "null" : random_string(random)),
      fmt::format(R"("lineno": {})", random() % 5000),
      fmt::format(R"("thread": {})", random() >> random() % 64),
      R"("threadName": )" + random_string(random),
      fmt::format(R"("process": {})", random() % 32768),
      R"("processName": )" + random_string(random),
      R"("taskName": )" + (random() % 2 == 0 ? "null" : random_string(random)),
      R"("exc_text": )" + (random() % 4 != 0 ? "null" : random_string(random)),
      R"("stack_info": )" + (random() % 6 != 0 ? "null" : random_string(random)),
  };
  if (nulls == Nulls::some) {
    for (std::string& member : members) {
      const std::string key = member.substr(0, member.find(':'));
      if (random() % 3 == 0 && nullable.find(key) != std::string_view::npos)
        member = key + ": null";
    }
  }
  for (std::uint64_t n = random() % 5; n > 0; --n) {
    members.push_back(fmt::format("\"{}\": {}", pick(random, extras), random_value(random)));
  }
  std::shuffle(members.begin(), members.end(), random);
  return "{" + fmt::format("{}", fmt::join(members, ", ")) + "}";
}

std::string random_records(std::uint64_t seed, int count, Nulls nulls = Nulls::none) {
  Random random{seed};
  std::string records;
  for (int i = 0; i < count; ++i) records += random_record(random, nulls) + "\n";
  return records;
}

/// Runs both over the same records: what they wrote anywhere is the same, byte for byte.
void check_same(const std::string& python, const std::string& config_file,
                const std::string& records) {
  // A zone with daylight-saving time that needs no database.
  const std::vector<std::pair<std::string, std::string>> environment = {
      {"TZ", "EST5EDT,M3.2.0,M11.1.0"}};
  const WorkDir theirs;
  const Outcome expected =
      run(theirs.path(),
          {python, "-X", "utf8", "-B",
           std::string{XYLEM_SOURCE_ROOT} + "/tests/cpython_reference.py", config_file},
          records, environment);
  REQUIRE(expected.status == 0);
  const WorkDir ours;
  const Outcome outcome = run(ours.path(),
                              {std::string{XYLEM_BUILD_ROOT} + "/tools/xylem", "pipe", "--config",
                               config_file, "--input", "records"},
                              records, environment);
  CHECK(outcome.status == 0);
  const auto check_text = [](const std::string& actual, const std::string& wanted) {
    const auto [at, other] =
        std::mismatch(actual.begin(), actual.end(), wanted.begin(), wanted.end());
    if (at == actual.end() && other == wanted.end()) return;
    const auto place = static_cast<std::size_t>(at - actual.begin());
    const std::size_t begin = actual.rfind('\n', place == 0 ? 0 : place - 1) + 1;
    CAPTURE(place);
    REQUIRE(actual.substr(begin, 1000) == wanted.substr(begin, 1000));
  };
  check_text(outcome.out, expected.out);
  check_text(outcome.err, expected.err);
  REQUIRE(ours.logs() == theirs.logs());
  CHECK(expected.out.size() + expected.err.size() + 1000 * theirs.logs().size() >= 2000);
  for (const std::string& name : ours.logs()) {
    CAPTURE(name);
    check_text(read_file(ours / ("logs/" + name)), read_file(theirs / ("logs/" + name)));
  }
}

/// A config of this test's own: every attribute with flags, extras as text, and JSON of all.
constexpr std::string_view everything = R"j({"version": 1,
  "formatters": {
    "text": {"format": "%(asctime)s|%(name)-10.8s|%(levelname)5s|%(levelno)04d|%(pathname)r|%(filename)s|%(module)a|%(lineno)+d|%(funcName)8.3s|%(created).3f|%(msecs)07.3f|%(relativeCreated)d|%(process)x|%(processName)s|%(thread)#x|%(threadName)-6s|%(taskName)s|%(message)s|%(extra)s|%(extra)r|%(extra)40a|%(extra).7s|%%",
             "defaults": {"extra": "none"}},
    "time": {"format": "%(asctime)s %(asctime).10s %(message)r",
             "datefmt": "%a %d %b %Y %H:%M:%S %Z %z %j %% %f"},
    "json": {"()": "mylogger.MyJSONFormatter", "fmt_keys": {"t": "timestamp", "x": "levelno",
             "e": "exc_text", "f": "funcName", "c": "created", "m": "msecs", "r": "relativeCreated",
             "p": "process", "q": "processName", "h": "thread", "k": "taskName",
             "path": "pathname", "file": "filename"}}},
  "handlers": {
    "text": {"class": "logging.FileHandler", "filename": "logs/text", "formatter": "text"},
    "time": {"class": "logging.FileHandler", "filename": "logs/time", "formatter": "time"},
    "json": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/json",
             "formatter": "json", "maxBytes": 5000, "backupCount": 40}},
  "loggers": {"my_app": {"level": "INFO"}, "my_app.db": {"level": "DEBUG", "handlers": ["time"]},
              "other": {"handlers": ["text"], "propagate": false}},
  "root": {"level": "WARNING", "handlers": ["text", "json", "time"]}})j";

/// The attributes that may be None.
constexpr std::string_view nullable_attributes = R"j({"version": 1,
  "formatters": {
    "text": {"format": "%(levelname)s|%(pathname)r|%(filename)s|%(module)-6s|%(lineno)s|%(process)s|%(processName)s|%(thread)s|%(threadName)a"},
    "json": {"()": "mylogger.MyJSONFormatter", "fmt_keys": {"n": "levelname", "path": "pathname",
             "file": "filename", "m": "module", "l": "lineno", "p": "process", "q": "processName",
             "h": "thread", "t": "threadName"}}},
  "handlers": {
    "text": {"class": "logging.FileHandler", "filename": "logs/text", "formatter": "text"},
    "json": {"class": "logging.FileHandler", "filename": "logs/json", "formatter": "json"}},
  "root": {"level": "DEBUG", "handlers": ["text", "json"]}})j";

}  // namespace

TEST_CASE("the guideline's configs write what CPython writes, byte for byte") {
  const std::string python = find_python();
  if (python.empty()) {
    MESSAGE("skipped: no CPython 3.12 or later here");
    return;
  }
  const std::string records = random_records(1, 400);
  for (const char* name :
       {"0-stdout.json", "1-stderr-file.json", "2-stderr-json-file.json",
        "3-homework-filtered-stdout-stderr.json", "5-queued-stderr-json-file.json"}) {
    CAPTURE(name);
    check_same(python, config(name), records);
  }
}

TEST_CASE("every attribute, extras of every type and loggers of every kind are CPython's") {
  const std::string python = find_python();
  if (python.empty()) {
    MESSAGE("skipped: no CPython 3.12 or later here");
    return;
  }
  const TempDir directory;
  write_file(directory / "everything.json", everything);
  for (std::uint64_t seed = 2; seed < 6; ++seed) {
    CAPTURE(seed);
    check_same(python, directory / "everything.json", random_records(seed, 400));
  }
}

TEST_CASE("an attribute that is null is None, as CPython shows it") {
  const std::string python = find_python();
  if (python.empty()) {
    MESSAGE("skipped: no CPython 3.12 or later here");
    return;
  }
  const TempDir directory;
  write_file(directory / "nulls.json", nullable_attributes);
  check_same(python, directory / "nulls.json", random_records(6, 400, Nulls::some));
}
