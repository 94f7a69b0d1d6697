// Which records reach which handler, by the rules of Python's logging, and what changes when the
// configuration does.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::get_logger;
using xylem::Level;
using xylem::Logger;

namespace {

using Texts = std::vector<std::string>;

/// The text with each @ replaced by the directory.
std::string in_dir(const TempDir& dir, std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '@') {
      out += dir.path();
    } else {
      out += c;
    }
  }
  return out;
}

/// A configuration of text handlers a, b and c, each with a file of its name, and what else is
/// given: members of the document, and members of handler a.
std::string config(const TempDir& dir, std::string_view rest, std::string_view of_a = "") {
  return in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
    "formatters": {"text": {"format": "%(name)s %(message)s"}},
    "handlers": {
      "a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "text")" +
                         std::string{of_a} + R"(},
      "b": {"class": "logging.FileHandler", "filename": "@/b", "formatter": "text"},
      "c": {"class": "logging.FileHandler", "filename": "@/c", "formatter": "text"}},)" +
                         std::string{rest} + "}");
}

/// The same, for the default value of disable_existing_loggers.
std::string disabling(const TempDir& dir, std::string_view rest) {
  constexpr std::string_view key = R"("disable_existing_loggers": false,)";
  std::string text = config(dir, rest);
  return text.replace(text.find(key), key.size(), "");
}

Texts lines_of(const std::string& path) {
  xylem::flush();
  const std::string text = read_file(path);
  Texts lines;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  CHECK(at == text.size());
  return lines;
}

void log_all_levels(Logger log) {
  XYLEM_DEBUG(log, "debug");
  XYLEM_INFO(log, "info");
  XYLEM_WARNING(log, "warning");
  XYLEM_ERROR(log, "error");
  XYLEM_CRITICAL(log, "critical");
}

}  // namespace

TEST_CASE("a logger's level is its own, else that of the nearest one above it") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"quiet": {"level": "ERROR"}, "quiet.loud": {"level": "DEBUG"},
                "quiet.loud.unset": {"level": "NOTSET"}})")};
  for (const char* const name : {"other", "quiet", "quiet.child", "quiet.loud", "quiet.loud.unset",
                                 "quiet.loud.unset.child", "quieter"}) {
    log_all_levels(get_logger(name));
  }
  Texts expected;
  const auto expect = [&](const std::string& name, const Texts& levels) {
    for (const std::string& level : levels) expected.push_back(name + " " + level);
  };
  const Texts from_info = {"info", "warning", "error", "critical"};
  const Texts all = {"debug", "info", "warning", "error", "critical"};
  expect("other", from_info);
  expect("quiet", {"error", "critical"});
  expect("quiet.child", {"error", "critical"});
  // Handlers of ancestors are reached whatever the ancestors' levels are.
  expect("quiet.loud", all);
  expect("quiet.loud.unset", all);
  expect("quiet.loud.unset.child", all);
  expect("quieter", from_info);
  CHECK(lines_of(dir / "a") == expected);
}

TEST_CASE("records go up to the root's handlers unless a logger on the way does not propagate") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["b"]}, "x.y": {"handlers": ["c"], "propagate": false},
                "x.y.z": {}})")};
  for (const char* const name : {"x", "x.y", "x.y.z", "x.other"}) XYLEM_INFO(get_logger(name), "m");
  CHECK(lines_of(dir / "a") == Texts{"x m", "x.other m"});
  CHECK(lines_of(dir / "b") == Texts{"x m", "x.other m"});
  CHECK(lines_of(dir / "c") == Texts{"x.y m", "x.y.z m"});
}

TEST_CASE("a handler that two loggers on the way have writes the record twice") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["a", "b"]}})")};
  XYLEM_INFO(get_logger("x.y"), "m");
  CHECK(lines_of(dir / "a") == Texts{"x.y m", "x.y m"});
  CHECK(lines_of(dir / "b") == Texts{"x.y m"});
}

TEST_CASE("the empty name, \"root\" and no name are one logger") {
  for (const std::string root : {R"("root": {"level": "INFO", "handlers": ["a"]})",
                                 R"("loggers": {"root": {"level": "INFO", "handlers": ["a"]}})",
                                 R"("loggers": {"": {"level": "INFO", "handlers": ["a"]}})"}) {
    CAPTURE(root);
    const TempDir dir;
    const Session session{config(dir, root)};
    XYLEM_INFO(get_logger(), "1");
    XYLEM_INFO(get_logger(""), "2");
    XYLEM_INFO(get_logger("root"), "3");
    XYLEM_DEBUG(get_logger(), "below");
    CHECK(get_logger().name() == "root");
    CHECK(&get_logger("root").state() == &get_logger("").state());
    CHECK(lines_of(dir / "a") == Texts{"root 1", "root 2", "root 3"});
  }
}

TEST_CASE("any name is a logger's, and hangs where Python would hang it") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]},
    "loggers": {"x": {"handlers": ["b"]}})")};
  for (const char* const name : {".", ".x", "x.", "x..y", "..", "root.x", "a b"}) {
    XYLEM_INFO(get_logger(name), "m");
    XYLEM_DEBUG(get_logger(name), "below");
  }
  CHECK(lines_of(dir / "a") == Texts{". m", ".x m", "x. m", "x..y m", ".. m", "root.x m", "a b m"});
  CHECK(lines_of(dir / "b") == Texts{"x. m", "x..y m"});
}

TEST_CASE("loggers that a configuration does not name are disabled, unless it says otherwise") {
  const TempDir dir;
  const std::string root = R"("root": {"level": "INFO", "handlers": ["a"]})";
  const Session session{disabling(dir, root)};
  const Logger named = get_logger("disable.named");
  const Logger child = get_logger("disable.named.child");
  const Logger unnamed = get_logger("disable.unnamed");
  const auto enabled = [&] {
    return Texts{named.enabled(Level::info) ? "named" : "-",
                 child.enabled(Level::info) ? "child" : "-",
                 unnamed.enabled(Level::critical) ? "unnamed" : "-"};
  };
  CHECK(enabled() == Texts{"named", "child", "unnamed"});

  xylem::configure(disabling(dir, root + R"(, "loggers": {"disable.named": {}})"));
  CHECK(enabled() == Texts{"named", "child", "-"});
  CHECK(get_logger("disable.new").enabled(Level::info));
  XYLEM_CRITICAL(unnamed, "m");
  XYLEM_INFO(child, "m");
  CHECK(lines_of(dir / "a") == Texts{"disable.named.child m"});

  // Not named any more: the child has no named logger above it either.
  xylem::configure(disabling(dir, root));
  CHECK(enabled() == Texts{"-", "-", "-"});
  xylem::configure(disabling(dir, root + R"(, "loggers": {"disable.unnamed": {}})"));
  CHECK(enabled() == Texts{"-", "-", "unnamed"});
  xylem::configure(config(dir, root));
  CHECK(enabled() == Texts{"named", "child", "unnamed"});
}

TEST_CASE("handles and loggers that come after the configuration obey it") {
  const TempDir dir;
  const Logger before = get_logger("routing.before");
  const Session session{config(
      dir,
      R"("root": {"level": "ERROR", "handlers": ["a"]}, "loggers": {"routing": {"level": "INFO"}})")};
  log_all_levels(before);
  log_all_levels(get_logger("routing.after"));
  CHECK(lines_of(dir / "a").size() == 8);
  CHECK_FALSE(get_logger("elsewhere.after").enabled(Level::warning));
}

TEST_CASE("a handler has a level and filters of its own") {
  const TempDir dir;
  const Session session{config(dir,
                               R"-("filters": {
      "of_x": {"name": "x.y"}, "no_errors": {"()": "mylogger.NonErrorFilter"
  }
},
    "root": {"level": "DEBUG", "handlers": ["a", "b"]})-",
                               R"(, "level": "INFO", "filters": ["of_x", "no_errors"])")};
  for (const char* const name : {"x", "x.y", "x.y.z", "x.yz"}) log_all_levels(get_logger(name));
  CHECK(lines_of(dir / "a") == Texts{"x.y info", "x.y.z info"});
  CHECK(lines_of(dir / "b").size() == 20);
}

TEST_CASE("a logger's filters see its own records, not those from below") {
  const TempDir dir;
  const Session session{config(dir, R"-("filters": {"no_errors": {"()": "mylogger.NonErrorFilter"
  }
},
    "root": {"level": "INFO", "handlers": ["a"], "filters": ["no_errors"]},
    "loggers": {"x": {"filters": ["no_errors"]}})-")};
  log_all_levels(get_logger());
  log_all_levels(get_logger("x"));
  log_all_levels(get_logger("x.y"));
  CHECK(lines_of(dir / "a") ==
        Texts{"root info", "x info", "x.y info", "x.y warning", "x.y error", "x.y critical"});
}

TEST_CASE("a queue passes records on, with or without a look at the levels behind it") {
  for (const bool respects : {false, true}) {
    CAPTURE(respects);
    const TempDir dir;
    const Session session{in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
      "filters": {"of_x": {"name": "x"}},
      "handlers": {
        "a": {"class": "logging.FileHandler", "filename": "@/a", "level": "ERROR"},
        "b": {"class": "logging.FileHandler", "filename": "@/b", "filters": ["of_x"]},
        "queue": {"class": "logging.handlers.QueueHandler", "level": "INFO", "handlers": ["a", "b"],
                  "respect_handler_level": )" +
                                          std::string{respects ? "true" : "false"} + R"(}},
      "root": {"level": "DEBUG", "handlers": ["queue"]}})")};
    log_all_levels(get_logger("x"));
    log_all_levels(get_logger("other"));
    const Texts above_info = {"info", "warning", "error", "critical"};
    if (respects) {
      CHECK(lines_of(dir / "a") == Texts{"error", "critical", "error", "critical"});
    } else {
      CHECK(lines_of(dir / "a") ==
            Texts{"info", "warning", "error", "critical", "info", "warning", "error", "critical"});
    }
    CHECK(lines_of(dir / "b") == above_info);
  }
}

TEST_CASE("a NullHandler takes records and writes nothing; without any handler, stderr does") {
  const StderrCapture stderr_capture;
  const Gain gain;
  {
    const Session session{
        R"({"version": 1, "disable_existing_loggers": false, "handlers": {"null": {"class": "logging.NullHandler"}},
      "root": {"level": "DEBUG", "handlers": ["null"]}})"};
    log_all_levels(get_logger("null"));
  }
  CHECK(stderr_capture.text() == "");
  {
    const Session session{
        R"({"version": 1, "disable_existing_loggers": false, "root": {"level": "DEBUG"}})"};
    log_all_levels(get_logger("nothing"));
    XYLEM_ERROR(get_logger("nothing"), "bare {}", 1, field("and", "no field"));
  }
  CHECK(stderr_capture.text() == "warning\nerror\ncritical\nbare 1\n");
  CHECK(gain.get().accepted == 11);
  CHECK(gain.get().written == 11);
}

TEST_CASE("handlers of one stream keep the order of the records") {
  const StderrCapture stderr_capture;
  {
    const Session session{R"({"version": 1, "disable_existing_loggers": false,
      "formatters": {"1": {"format": "one %(message)s"}, "2": {"format": "two %(message)s"}},
      "handlers": {"1": {"class": "logging.StreamHandler", "formatter": "1"},
                   "2": {"class": "logging.StreamHandler", "formatter": "2", "level": "ERROR"}},
      "root": {"level": "INFO", "handlers": ["1", "2"]}})"};
    XYLEM_INFO(get_logger("streams"), "a");
    XYLEM_ERROR(get_logger("streams"), "b");
    XYLEM_INFO(get_logger("streams"), "c");
  }
  CHECK(stderr_capture.text() == "one a\none b\ntwo b\none c\n");
}

TEST_CASE("a line that cannot be formatted is lost at its handler alone, and counted") {
  const StderrCapture stderr_capture;
  const TempDir dir;
  const Gain gain;
  const Session session{in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
    "formatters": {"bad": {"format": "%(nope)s"}},
    "handlers": {"a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "bad"},
                 "b": {"class": "logging.FileHandler", "filename": "@/b"}},
    "root": {"level": "INFO", "handlers": ["a", "b"]}})")};
  for (int i = 0; i < 3; ++i) XYLEM_INFO(get_logger("lost"), "{}", i);
  XYLEM_INFO(get_logger("lost"), "has it", field("nope", "yes"));
  CHECK(lines_of(dir / "b") == Texts{"0", "1", "2", "has it"});
  CHECK(lines_of(dir / "a") == Texts{"yes"});
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == 4);
  CHECK(stats.failed == 3);
  CHECK(stats.written == 1);
  CHECK(count(stderr_capture.text(), "Formatting field not found in record: 'nope'") == 1);
}

TEST_CASE("what failed stays counted when the engine is stopped and started again") {
  const StderrCapture stderr_capture;
  const TempDir dir;
  const Gain gain;
  for (int round = 1; round <= 3; ++round) {
    {
      const Session session{in_dir(
          dir,
          R"({"version": 1, "disable_existing_loggers": false, "formatters": {"bad": {"format": "%(nope)s"}},
        "handlers": {"a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "bad"}},
        "root": {"level": "INFO", "handlers": ["a"]}})")};
      XYLEM_INFO(get_logger("lost"), "");
    }
    CHECK(gain.get().failed == static_cast<std::uint64_t>(round));
    CHECK(gain.get().accepted == static_cast<std::uint64_t>(round));
    CHECK(gain.get().written == 0);
  }
}

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

TEST_CASE("one call site under two loggers, with texts short and long, gives every line its own") {
  const TempDir dir;
  const Session session{config(dir, R"("root": {"level": "INFO", "handlers": ["a"]})")};
  const Logger loggers[] = {get_logger("one"), get_logger("two")};
  Texts expected;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string first(i * 17 % 90, static_cast<char>('a' + i % 26));
    // Some of these are too long for a ring.
    const std::string second(i % 7 == 0 ? 5'000 : i % 5, 'z');
    const Logger log = loggers[i % 3 == 0 ? 1 : 0];
    XYLEM_INFO(log, "{b}/{a}/{}", i, field("a", first), field("b", second));
    std::string line{log.name()};
    line += ' ';
    line.append(second).append("/").append(first).append("/").append(std::to_string(i));
    expected.push_back(line);
    XYLEM_INFO(log, "{}+{}", first, second);
    expected.push_back(std::string{log.name()} + ' ' + first + '+' + second);
  }
  CHECK(lines_of(dir / "a") == expected);
}

TEST_CASE("reconfiguring while 4 threads log: each record is in exactly one of the files") {
  constexpr int threads = 4;
  constexpr int rounds = is_sanitized ? 20 : 100;
  const TempDir dir;
  std::vector<std::int64_t> logged(threads, 0);
  const auto config_of = [&](int round) {
    return ToFile{.path = dir / (round % 2 == 0 ? "even" : "odd"),
                  .engine = R"({"ring": {"slots": 256}})"}
        .json();
  };
  {
    const Session session{config_of(0)};
    std::atomic<bool> logging{true};
    std::vector<std::thread> running;
    for (int p = 0; p < threads; ++p) {
      running.emplace_back([&, p] {
        const Logger log = get_logger("storm");
        std::int64_t n = 0;
        while (logging) {
          XYLEM_INFO(log, "", field("p", p), field("n", n++));
          if (n % 64 == 0) std::this_thread::yield();
        }
        logged[static_cast<std::size_t>(p)] = n;
      });
    }
    for (int round = 1; round <= rounds; ++round) xylem::configure(config_of(round));
    logging = false;
    for (std::thread& thread : running) thread.join();
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
