// Programs that are run while everything is open: nothing of the engine reaches them, whatever way
// they are started.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;

namespace {

/// Runs a shell command in each way in which a program can be run; visits with the way's name.
template <typename F>
void run_in_each_way(const std::string& command, F&& visit) {
  const char* const argv[] = {"/bin/sh", "-c", command.c_str(), nullptr};
  auto* const arguments = const_cast<char* const*>(argv);
  CHECK(std::system(command.c_str()) == 0);
  visit("system");
  pid_t child = 0;
  CHECK(::posix_spawn(&child, argv[0], nullptr, nullptr, arguments, environ) == 0);
  CHECK(fork_test::status_of(child) == 0);
  visit("posix_spawn");
  child = ::fork();
  if (child == 0) {
    ::execv(argv[0], arguments);
    ::_exit(127);
  }
  CHECK(fork_test::status_of(child) == 0);
  visit("fork");
  child = ::vfork();
  if (child == 0) {
    ::execv(argv[0], arguments);
    ::_exit(127);
  }
  CHECK(fork_test::status_of(child) == 0);
  visit("vfork");
}

/// A file through which log files rotate, one that opens late, one that was replaced, and streams.
std::string everything(const TempDir& dir) {
  const auto file = [&](const char* name, const std::string& more) {
    return '"' + std::string{name} + R"(": {"formatter": "json", "filename": ")" + (dir / name) +
           R"(", )" + more + "}, ";
  };
  return R"({"version": 1, "disable_existing_loggers": false, "xylem": {"ring": {"crash_dir": ")" +
         (dir / "crash") + R"-("}}, "formatters": {"json": {"()": "xylem.JsonFormatter"}}, )-" +
         R"("handlers": {)" + file("file", R"("class": "logging.FileHandler")") +
         file("late", R"("class": "logging.FileHandler", "delay": true)") +
         file("rotating", R"("class": "logging.handlers.RotatingFileHandler", )"
                          R"("maxBytes": 2000, "backupCount": 3)") +
         R"("stream": {"class": "logging.StreamHandler", "level": "ERROR"}}, )" +
         R"("root": {"level": "DEBUG", "handlers": ["file", "late", "rotating", "stream"]}})";
}

}  // namespace

TEST_CASE("a program that is run finds no descriptor and no file of the engine") {
  const TempDir dir;
  const std::string command =
      "find /proc/$$/fd -mindepth 1 -printf '%f %l\\n' > '" + (dir / "descriptors") + "'";
  // Those that this process was started with are passed on, and are not the engine's.
  std::vector<std::string> before;
  run_in_each_way(command, [&](const char*) { before.push_back(read_file(dir / "descriptors")); });
  std::size_t way = 0;
  std::atomic<bool> done{false};
  {
    const Session session{everything(dir)};
    const xylem::Logger log = xylem::get_logger("exec");
    std::thread busy{[&] {
      // Slow enough to leave the processor to the others, fast enough to rotate all the time.
      for (int n = 0; !done; ++n) {
        log.info("{}", n);
        if (n % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }};
    log.info("opens everything there is");
    xylem::flush();
    REQUIRE(std::filesystem::exists(dir / "late"));
    for (int round = 0; round < 5; ++round) {
      way = 0;
      run_in_each_way(command, [&](const std::string& name) {
        CAPTURE(name);
        const std::string descriptors = read_file(dir / "descriptors");
        CHECK(descriptors == before[way++]);
        CHECK(descriptors.find(dir.path() + "/rotating") == std::string::npos);
      });
    }
    // This process' own.
    CHECK(std::distance(std::filesystem::directory_iterator{dir / "crash"}, {}) == 1);
    done = true;
    busy.join();
    CHECK(std::filesystem::exists(dir / "rotating.3"));
  }
  CHECK(std::filesystem::is_empty(dir / "crash"));
}

TEST_CASE("programs that are run while others log cost these no record") {
  const TempDir dir;
  constexpr int threads = 4;
  constexpr int programs = is_sanitized ? 10 : 50;
  std::atomic<bool> done{false};
  std::vector<std::int64_t> counts(threads);
  {
    const Session session{ToFile{.path = dir / "log", .engine = R"({"ring": {"slots": 256}})"}};
    std::vector<std::thread> busy;
    for (int t = 0; t < threads; ++t) {
      busy.emplace_back([&, t] {
        std::int64_t n = 0;
        for (; !done; ++n) {
          XYLEM_INFO(xylem::get_logger("exec"), "", xylem::field("p", t), xylem::field("n", n));
        }
        counts[static_cast<std::size_t>(t)] = n;
      });
    }
    for (int i = 0; i < programs; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::execl("/bin/true", "true", nullptr);
        ::_exit(127);
      }
      CHECK(fork_test::status_of(child) == 0);
    }
    done = true;
    for (std::thread& thread : busy) thread.join();
  }
  std::vector<std::int64_t> next(threads);
  int out_of_order = 0;
  for_each_line(dir / "log", [&](const auto& line) {
    const auto writer = static_cast<std::size_t>(line["p"].get_int64().value());
    out_of_order += line["n"].get_int64().value() == next.at(writer)++ ? 0 : 1;
  });
  CHECK(out_of_order == 0);
  CHECK(next == counts);
}
