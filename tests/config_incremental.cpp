// Configurations that change levels of what is in force, while it is in force.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "config/describe.hpp"
#include "config/dict_config.hpp"
#include "config_support.hpp"
#include "engine_support.hpp"
#include "storm_support.hpp"

using namespace engine_test;
using config_test::check_refused;
using config_test::Refusal;
using xylem::get_logger;
using xylem::Level;
using xylem::Logger;

namespace {

/// A document that changes what is in force, with these further members.
std::string change(const std::string& rest) {
  return R"({"version": 1, "incremental": true, )" + rest + "}";
}

/// Handlers "quiet" (from ERROR on) and "all" under the root, each with a file of its name.
std::string two_files(const TempDir& dir) {
  const auto handler = [&](const std::string& name, const std::string& level) {
    return '"' + name + R"(": {"class": "logging.FileHandler", "formatter": "json", "level": ")" +
           level + R"(", "filename": ")" + (dir / name) + R"("})";
  };
  return R"j({"version": 1, "disable_existing_loggers": false,
      "formatters": {"json": {"()": "xylem.JsonFormatter", "fmt_keys": {}}},
      "handlers": {)j" +
         handler("quiet", "ERROR") + ", " + handler("all", "NOTSET") +
         R"(}, "root": {"level": "INFO", "handlers": ["quiet", "all"]}})";
}

std::vector<std::string> messages_in(const std::string& path) {
  xylem::flush();
  return messages(path);
}

using Texts = std::vector<std::string>;

const std::vector<Refusal> refused = {
    {R"j({"version": 1, "incremental": true, "handlers": {"h": {"level": "debug"}}})j",
     "Unable to configure handler 'h': Unknown level: 'debug'", "handlers.h.level"},
    {R"j({"version": 1, "incremental": "no", "handlers": {"h": {"level": 1.5}}})j",
     "Unable to configure handler 'h': Level not an integer or a valid string: 1.5",
     "handlers.h.level"},
    {R"j({"version": 1, "incremental": 1, "handlers": {"h": null}})j",
     "Unable to configure handler 'h': Expected an object, got null", "handlers.h"},
    {R"j({"version": 1, "incremental": true, "loggers": {"a": {"level": "x"}}})j",
     "Unable to configure logger 'a': Unknown level: 'x'", "loggers.a.level"},
    {R"j({"version": 1, "incremental": true, "root": {"level": "x"}})j",
     "Unable to configure root logger: Unknown level: 'x'", "root.level"},
    {R"j({"version": 1, "incremental": true, "loggers": null})j", "Expected an object, got null",
     "loggers"},
    {R"j({"version": 2, "incremental": true})j", "Unsupported version: 2", "version"},
};

}  // namespace

TEST_CASE("levels of handlers change while their files stay open") {
  const TempDir dir;
  const Session session{two_files(dir)};
  const Logger log = get_logger("changed");
  XYLEM_WARNING(log, "before");
  xylem::configure(change(R"("handlers": {"quiet": {"level": "DEBUG"}, "all": {"level": 40}})"));
  XYLEM_WARNING(log, "between");
  xylem::configure(change(R"("handlers": {"quiet": {"level": "ERROR"}, "all": {"level": 1}})"));
  XYLEM_WARNING(log, "after");
  CHECK(messages_in(dir / "quiet") == Texts{"between"});
  CHECK(messages_in(dir / "all") == Texts{"before", "after"});
}

TEST_CASE("a handler's level that is false changes nothing, as little as other keys do") {
  const TempDir dir;
  const Session session{two_files(dir)};
  for (const char* const nothing : {"{}", R"({"level": null})", R"({"level": ""})",
                                    R"({"level": 0})", R"({"filename": 5, "class": "nope"})"}) {
    xylem::configure(change(R"("handlers": {"quiet": )" + std::string{nothing} + "}"));
  }
  xylem::configure(change(
      R"("formatters": {"f": {"format": "x"}}, "filters": 5, "disable_existing_loggers": true,
         "xylem": {"nope": 1}, "root": {"handlers": ["nope"], "filters": ["nope"]})"));
  XYLEM_WARNING(get_logger("unchanged"), "kept");
  CHECK(messages_in(dir / "quiet").empty());
  CHECK(messages_in(dir / "all") == Texts{"kept"});
}

TEST_CASE("levels and propagation of loggers and the level of the root change at once") {
  const TempDir dir;
  const Session session{two_files(dir)};
  const Logger log = get_logger("inc.a");
  const Logger child = get_logger("inc.a.child");
  CHECK_FALSE(log.enabled(Level::debug));
  xylem::configure(change(R"("loggers": {"inc.a": {"level": "DEBUG"}, "inc.new": {"level": 45}})"));
  CHECK(child.enabled(Level::debug));
  CHECK_FALSE(get_logger("inc.new").enabled(Level::error));
  xylem::configure(change(R"("root": {"level": "CRITICAL"})"));
  CHECK(child.enabled(Level::debug));
  CHECK_FALSE(get_logger("inc.b").enabled(Level::error));
  xylem::configure(change(R"("loggers": {"": {"level": "INFO"}})"));
  CHECK(get_logger("inc.b").enabled(Level::info));
  XYLEM_INFO(child, "1");
  xylem::configure(change(R"("loggers": {"inc.a": {"propagate": false}})"));
  XYLEM_INFO(child, "goes nowhere");
  xylem::configure(change(R"("loggers": {"inc.a": {"propagate": "no"}})"));
  XYLEM_INFO(child, "2");
  CHECK(messages_in(dir / "all") == Texts{"1", "2"});
}

TEST_CASE("a logger that is named is enabled again") {
  const TempDir dir;
  const Logger log = get_logger("inc.disabled");
  const Session session{two_files(dir)};
  xylem::configure(R"({"version": 1})");
  CHECK_FALSE(log.enabled(Level::critical));
  xylem::configure(change(R"("loggers": {"inc.disabled": {}})"));
  CHECK(log.enabled(Level::critical));
}

TEST_CASE("an unknown handler is refused with its place, and nothing has changed") {
  const TempDir dir;
  const Session session{two_files(dir)};
  const std::string file = dir / "change.json";
  write_file(file, change(R"("handlers": {"all": {"level": "CRITICAL"}, "zz": {}},
                             "root": {"level": "CRITICAL"})"));
  try {
    xylem::configure_file(file);
    FAIL_CHECK("accepted");
  } catch (const xylem::ConfigError& error) {
    CHECK(error.message() == "No handler found with name 'zz'");
    CHECK(error.path() == "handlers.zz");
    CHECK(error.file() == file);
  }
  XYLEM_WARNING(get_logger("unchanged"), "kept");
  CHECK(messages_in(dir / "all") == Texts{"kept"});
}

TEST_CASE("levels that were changed do not outlive the configuration they changed") {
  const TempDir dir;
  const Session session{two_files(dir)};
  xylem::configure(change(R"("handlers": {"quiet": {"level": "DEBUG"}})"));
  xylem::configure(two_files(dir));
  XYLEM_WARNING(get_logger("again"), "m");
  CHECK(messages_in(dir / "quiet").empty());
}

TEST_CASE("before any configuration there are levels to change, but no handlers") {
  const Logger log = get_logger("inc.early");
  xylem::configure(change(R"("loggers": {"inc.early": {"level": "ERROR"}})"));
  CHECK_FALSE(log.enabled(Level::warning));
  CHECK(log.enabled(Level::error));
  CHECK_THROWS_AS(xylem::configure(change(R"("handlers": {"all": {}})")), xylem::ConfigError);
  xylem::configure(change(R"("loggers": {"inc.early": {"level": "NOTSET"}})"));
}

TEST_CASE("changing levels while 4 threads log loses nothing and doubles nothing") {
  constexpr int threads = 4;
  constexpr int rounds = is_sanitized ? 20 : 200;
  const TempDir dir;
  std::vector<std::int64_t> logged;
  const Gain gain;
  {
    const Session session{two_files(dir)};
    Storm storm{threads, "storm"};
    for (int round = 0; round < rounds; ++round) {
      // Each record goes to exactly one of the two.
      const bool to_quiet = round % 2 == 0;
      xylem::configure(change(std::string{R"("handlers": {"quiet": {"level": )"} +
                              (to_quiet ? "1" : "50") + R"(}, "all": {"level": )" +
                              (to_quiet ? "50" : "1") + "}}"));
    }
    logged = storm.end();
  }
  std::int64_t all = 0;
  for (const std::int64_t count : logged) all += count;
  std::int64_t seen = 0;
  std::vector<std::int64_t> sums(threads, 0);
  for (const char* const file : {"quiet", "all"}) {
    std::vector<std::int64_t> last(threads, -1);
    for_each_line(dir / file, [&](const simdjson::dom::object& line) {
      const auto p = static_cast<std::size_t>(line["p"].get_int64().value());
      const std::int64_t n = line["n"].get_int64().value();
      CHECK(n > last.at(p));
      last[p] = n;
      sums[p] += n;
      ++seen;
    });
  }
  CHECK(seen == all);
  for (std::size_t p = 0; p < threads; ++p) CHECK(sums[p] == logged[p] * (logged[p] - 1) / 2);
  CHECK(gain.get().written == static_cast<std::uint64_t>(all));
}

TEST_CASE("a change is shown as one, and what is wrong in it is refused") {
  const std::string shown = xylem::config::describe(xylem::config::parse(change(
      R"("handlers": {"all": {"level": 15}, "b": {}},
         "loggers": {"a": {"level": "INFO", "propagate": 0}}, "root": {"level": "ERROR"})")));
  CHECK(shown ==
        "configuration\n"
        "Changes of what is in force; handlers stay open\n"
        "  handler 'all': level Level 15\n"
        "  handler 'b': has to exist, keeps its level\n"
        "  logger 'a': level INFO, does not propagate, enabled\n"
        "  root: level ERROR\n");
  for (const Refusal& refusal : refused) check_refused(refusal);
}
