// Synchronous calls: what a call has returned from is in the file.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

namespace {

const std::string is_synchronous = R"({"synchronous": true})";

/// Whether the newest line of the file is that of `message`.
bool is_last(const std::string& path, const std::string& message) {
  const std::string text = read_file(path);
  return text.ends_with("\n") && text.rfind("\"" + message + "\"") != std::string::npos &&
         text.find('\n', text.rfind("\"" + message + "\"")) == text.size() - 1;
}

/// How many of so many calls are followed by a file that ends with their line.
int count_written(const std::string& path, const std::string& prefix, int calls) {
  const Logger log = xylem::get_logger("test");
  int written = 0;
  for (int i = 0; i < calls; ++i) {
    const std::string message = prefix + std::to_string(i);
    XYLEM_INFO(log, "{}", message);
    written += is_last(path, message) ? 1 : 0;
  }
  return written;
}

}  // namespace

TEST_CASE("a synchronous call returns when its line is in the file") {
  const TempDir dir;
  const std::string path = dir / "log.jsonl";
  const Session session{ToFile{.path = path, .engine = is_synchronous}};
  CHECK(count_written(path, "first ", 50) == 50);
  const Logger log = xylem::get_logger("test");
  log.warning("free");
  CHECK(is_last(path, "free"));
  const std::string large(100'000, 'x');
  log.info("{}", large);
  CHECK(is_last(path, large));
  const Gain gain;
  log.info("counted");
  xylem::flush();  // the counters come a moment later
  CHECK(gain.get().written == 1);
  CHECK(xylem::stats().pending == 0);
}

TEST_CASE("a file that rolls over is no exception") {
  const TempDir dir;
  const std::string path = dir / "log.jsonl";
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "xylem": {"synchronous": true}, "handlers": {"file": {
      "class": "logging.handlers.RotatingFileHandler", "maxBytes": 100, "backupCount": 500,
      "filename": ")" +
      path + R"("}}, "root": {"level": "INFO", "handlers": ["file"]}})"};
  const Logger log = xylem::get_logger("test");
  int written = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string text = "line " + std::to_string(i) + " of some thirty bytes";
    log.info("{}", text);
    written += read_file(path).ends_with(text + "\n") ? 1 : 0;
  }
  CHECK(written == 50);
}

TEST_CASE("threads that log at the same time wait for their own lines") {
  const TempDir dir;
  const std::string path = dir / "log.jsonl";
  const Session session{ToFile{.path = path, .engine = is_synchronous}};
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const Logger log = xylem::get_logger("test");
      for (int i = 0; i < 25; ++i) {
        const std::string message = std::to_string(t) + " says " + std::to_string(i) + ".";
        XYLEM_INFO(log, "{}", message);
        if (read_file(path).find("\"" + message + "\"") != std::string::npos) ++written;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(written == 100);
  CHECK(read_lines(path).size() == 100);
}

TEST_CASE("threads become synchronous and asynchronous with the configuration") {
  const TempDir dir;
  const std::string path = dir / "log.jsonl";
  std::atomic<int> phase{0};
  std::atomic<int> answered{0};
  std::atomic<int> written{0};
  // One that has logged before the configuration changes.
  std::thread other{[&] {
    for (int mine = 1; mine <= 3; ++mine) {
      while (phase < mine) std::this_thread::yield();
      const int found = count_written(path, "other " + std::to_string(mine) + ".", 20);
      if (mine == 2) written = found;
      answered = mine;
    }
  }};
  const auto let_other_log = [&](int number) {
    phase = number;
    while (answered < number) std::this_thread::yield();
  };
  xylem::configure(ToFile{.path = path}.json());
  count_written(path, "before ", 10);
  let_other_log(1);
  xylem::configure(ToFile{.path = path, .engine = is_synchronous}.json());
  CHECK(count_written(path, "during ", 20) == 20);
  CHECK(xylem::detail::t_producer.end.load_relaxed() == 0);
  let_other_log(2);
  CHECK(written == 20);
  xylem::configure(ToFile{.path = path}.json());
  let_other_log(3);
  const Logger log = xylem::get_logger("test");
  for (int i = 0; i < 20; ++i) log.info("after {}", i);
  // Back on the fast path, which waits for nobody.
  CHECK(xylem::detail::t_producer.end.load_relaxed() != 0);
  other.join();
  xylem::shutdown();
  CHECK(read_lines(path).size() == 10 + 20 + 20 + 3 * 20);
}

TEST_CASE("a full disk holds no synchronous call back for ever") {
  const TempDir dir;
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "xylem": {"synchronous": true}, "handlers": {"file": {
      "class": "logging.FileHandler", "filename": "/dev/full"}},
      "root": {"level": "INFO", "handlers": ["file"]}})"};
  const StderrCapture silenced;
  const Logger log = xylem::get_logger("test");
  for (int i = 0; i < 5; ++i) log.info("nowhere to go");
  xylem::flush();
  CHECK(xylem::stats().pending == 5);
}

TEST_CASE("a pipe that nobody reads does not either") {
  const TempDir dir;
  const std::string path = dir / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int both_ends = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  ::fcntl(both_ends, F_SETPIPE_SZ, 4096);
  {
    const Session session{ToFile{.path = path, .engine = is_synchronous}};
    const StderrCapture silenced;
    const Logger log = xylem::get_logger("test");
    const std::string text(8000, 'x');
    for (int i = 0; i < 3; ++i) log.info("{}", text);
    xylem::flush();
    CHECK(xylem::stats().pending > 0);
    ::fcntl(both_ends, F_SETPIPE_SZ, 65536);  // room for all of it
  }
  ::close(both_ends);
}

TEST_CASE("calls of other clocks, of records and of static objects wait as well") {
  const TempDir dir;
  const std::string path = dir / "log.jsonl";
  for (const char* const clock : {"tsc", "system", "coarse"}) {
    const Session session{
        ToFile{.path = path,
               .engine = R"({"synchronous": true, "clock": ")" + std::string{clock} + R"("})"}};
    CHECK(count_written(path, clock, 5) == 5);
    xylem::Record record;
    record.name = "test";
    record.levelno = 20;
    record.message = std::string{"handled "} + clock;
    xylem::handle(record);
    CHECK(is_last(path, record.message));
  }
}
