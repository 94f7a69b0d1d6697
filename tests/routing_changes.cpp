// What changes for records when the configuration does.

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "routing_support.hpp"
#include "storm_support.hpp"

using namespace engine_test;
using namespace routing_test;
using xylem::get_logger;
using xylem::Level;
using xylem::Logger;

TEST_CASE("a configuration counts from the record after it") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]})")};
  const Logger log = get_logger("before.and.after");
  for (int i = 0; i < 50; ++i) {
    const std::string file = i % 2 == 0 ? "b" : "c";
    XYLEM_INFO(log, "{}", 2 * i);
    XYLEM_INFO(log, "{}", 2 * i + 1);
    xylem::configure(config(dir, R"("root": {"level": "INFO", "handlers": [")" + file + R"("]})"));
  }
  XYLEM_INFO(log, "last");
  std::string a = "before.and.after 0\nbefore.and.after 1\n";
  std::string b;
  std::string c;
  for (int i = 1; i < 50; ++i) {
    for (const int n : {2 * i, 2 * i + 1}) {
      (i % 2 == 1 ? b : c) += "before.and.after " + std::to_string(n) + "\n";
    }
  }
  xylem::flush();
  CHECK(read_file(dir / "a") == a);
  CHECK(read_file(dir / "b") == b);
  CHECK(read_file(dir / "c") == c + "before.and.after last\n");
}

TEST_CASE(
    "a logger below a named one starts afresh, also when nobody had asked for the one named") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"afresh.x.y": {"level": "CRITICAL", "handlers": ["b"], "propagate": false}})")};
  const Logger log = get_logger("afresh.x.y");
  CHECK_FALSE(log.enabled(Level::error));
  xylem::configure(
      disabling(dir, R"("root": {"level": "INFO", "handlers": ["a"]}, "loggers": {"afresh": {}})"));
  CHECK(log.enabled(Level::info));
  XYLEM_INFO(log, "m");
  CHECK(lines_of(dir / "a") == Texts{"afresh.x.y m"});
  CHECK(lines_of(dir / "b").empty());
}

TEST_CASE("reconfiguring while 4 threads log: each record is in exactly one of the files") {
  constexpr int threads = 4;
  constexpr int rounds = is_sanitized ? 20 : 100;
  const TempDir dir;
  std::vector<std::int64_t> logged;
  const auto config_of = [&](int round) {
    return ToFile{.path = dir / (round % 2 == 0 ? "even" : "odd"),
                  .engine = R"({"ring": {"slots": 256}})"}
        .json();
  };
  {
    const Session session{config_of(0)};
    Storm storm{threads, "storm"};
    for (int round = 1; round <= rounds; ++round) xylem::configure(config_of(round));
    logged = storm.end();
  }
  std::vector<std::vector<std::int64_t>> seen(threads);
  int disordered = 0;
  for (const char* const file : {"even", "odd"}) {
    std::vector<std::int64_t> last(threads, -1);
    for_each_line(dir / file, [&](const simdjson::dom::object& line) {
      const auto p = static_cast<std::size_t>(line["p"].get_int64().value());
      const std::int64_t n = line["n"].get_int64().value();
      disordered += n <= last.at(p);
      last[p] = n;
      seen[p].push_back(n);
    });
    CHECK(last != std::vector<std::int64_t>(threads, -1));
  }
  CHECK(disordered == 0);
  for (std::size_t p = 0; p < threads; ++p) {
    std::sort(seen[p].begin(), seen[p].end());
    REQUIRE(static_cast<std::int64_t>(seen[p].size()) == logged[p]);
    CHECK(seen[p].back() == logged[p] - 1);
    CHECK(std::adjacent_find(seen[p].begin(), seen[p].end()) == seen[p].end());
  }
}

TEST_CASE("configuring the same again and again keeps no descriptor open") {
  const TempDir dir;
  const Session session{ToFile{dir / "log.jsonl"}};
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
  };
  const auto before = descriptors();
  for (int i = 0; i < 50; ++i) {
    XYLEM_INFO(get_logger("again"), "{}", i);
    xylem::configure(ToFile{dir / "log.jsonl"}.json());
  }
  CHECK(descriptors() == before);
  CHECK(read_lines(dir / "log.jsonl").size() == 50);
}

TEST_CASE("a configuration that fails leaves the old one in force") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]})")};
  const Logger log = get_logger("kept");
  const std::string bad[] = {
      "{",
      R"({"version": 2})",
      config(dir, R"("root": {"level": "debug", "handlers": ["b"]})"),
      config(dir, R"("root": {"handlers": ["none"]})"),
      in_dir(dir, R"({"version": 1, "handlers": {"a": {"class": "logging.FileHandler",
        "filename": "@/missing/directory/log"}}, "root": {"level": "ERROR", "handlers": ["a"]}})"),
      config(dir, R"("xylem": {"ring": {"slots": 100}}, "root": {"level": "ERROR"})"),
  };
  Texts expected;
  for (const std::string& text : bad) {
    CHECK_THROWS_AS(xylem::configure(text), xylem::ConfigError);
    CHECK(log.enabled(Level::info));
    XYLEM_INFO(log, "{}", expected.size());
    expected.push_back("kept " + std::to_string(expected.size()));
  }
  CHECK_THROWS_AS(xylem::configure_file(dir / "missing.json"), xylem::ConfigError);
  CHECK(lines_of(dir / "a") == expected);
  CHECK(read_file(dir / "b") == "");
}

TEST_CASE("a configuration that fails empties no file of mode w, and one that works does") {
  const TempDir dir;
  const auto beginning_anew = [&dir](const std::string& more) {
    return in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
      "handlers": {"a": {"class": "logging.FileHandler", "filename": "@/a", "mode": "w"},
                   "b": {"class": "logging.handlers.RotatingFileHandler", "filename": "@/b",
                         "mode": "w"})" +
                           more + R"(}, "root": {"level": "INFO", "handlers": ["a", "b"]}})");
  };
  const std::string bad[] = {
      R"(, "z": {"class": "logging.FileHandler", "filename": "@/missing/directory/z"})",
      R"(, "z": {"class": "logging.handlers.SysLogHandler", "socktype": "ext://socket.SOCK_STREAM",
                 "address": ["127.0.0.1", 1]})",
  };
  const Session session{beginning_anew("")};
  const Logger log = get_logger("anew");
  XYLEM_INFO(log, "1");
  XYLEM_INFO(log, "2");
  for (const std::string& more : bad) {
    CHECK_THROWS_AS(xylem::configure(beginning_anew(more)), xylem::ConfigError);
  }
  XYLEM_INFO(log, "3");
  CHECK(lines_of(dir / "a") == Texts{"1", "2", "3"});
  CHECK(lines_of(dir / "b") == Texts{"1", "2", "3"});
  xylem::configure(beginning_anew(""));
  CHECK(read_file(dir / "a") == "");
  XYLEM_INFO(log, "4");
  CHECK(lines_of(dir / "a") == Texts{"4"});
  CHECK(lines_of(dir / "b") == Texts{"4"});
}

TEST_CASE("what is logged after shutdown() waits for the next configuration") {
  const TempDir dir;
  xylem::configure(config(dir, R"("root": {"level": "INFO", "handlers": ["a"]})"));
  const Logger log = get_logger("restart");
  XYLEM_INFO(log, "first");
  xylem::shutdown();
  xylem::shutdown();
  xylem::flush();
  XYLEM_INFO(log, "between");
  std::thread([log] { XYLEM_INFO(log, "between, on a thread"); }).join();
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["b"]})")};
  XYLEM_INFO(log, "second");
  CHECK(lines_of(dir / "a") == Texts{"restart first"});
  CHECK(lines_of(dir / "b") ==
        Texts{"restart between", "restart between, on a thread", "restart second"});
}

TEST_CASE("a configuration with the same rotating file goes on where the former one stopped") {
  constexpr int configurations = 20;
  constexpr int records = 100;
  const TempDir dir;
  const std::string config =
      in_dir(dir, R"({"version": 1, "disable_existing_loggers": false, "handlers": {"file": {)"
                  R"("class": "logging.handlers.RotatingFileHandler", "filename": "@/log", )"
                  R"("maxBytes": 150, "backupCount": 1000}},)"
                  R"( "root": {"level": "DEBUG", "handlers": ["file"]}})");
  std::string logged;
  {
    const Session session{config};
    for (int n = 0; n < configurations * records; ++n) {
      XYLEM_INFO(get_logger("storm"), "{}", n);
      logged += std::to_string(n) + '\n';
      // Most of these records are still in the ring when the file is opened again.
      if (n % records == 0) xylem::configure(config);
    }
  }
  std::string written;
  for (int number = 1000; number > 0; --number) {
    written += read_file(dir / ("log." + std::to_string(number)));
  }
  CHECK(written + read_file(dir / "log") == logged);
}
