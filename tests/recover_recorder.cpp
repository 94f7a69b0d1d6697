// What flight recorders kept when their process died: the death asks for it.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "fork_support.hpp"
#include "leftover_support.hpp"
#include "route/packed_record.hpp"

using namespace engine_test;
using fork_test::can_fork;
using xylem::field;
using xylem::get_logger;
using xylem::Logger;

namespace {

using Texts = std::vector<std::string>;

ToFile recording(const TempDir& dir, const std::string& recorders) {
  return {.path = dir / "log",
          .fmt_keys = R"({"level": "levelname", "logger": "name", "thread": "threadName",)"
                      R"( "process": "process"})",
          .engine = R"({"ring": {"slots": 64, "crash_dir": ")" + dir / "crash" +
                    R"("}, "flight_recorder": )" + recorders + "}",
          .level = "INFO"};
}

/// Runs `work` under the config in a child that ends by a signal, from which no handler of the test
/// program is to save it.
template <typename F>
void die(const ToFile& config, int signal, F&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(signal, SIG_DFL);
    xylem::configure(config.json());
    work();
    ::raise(signal);
    ::_exit(0);
  }
  const int status = fork_test::status_of(child);
  REQUIRE(WIFSIGNALED(status));
}

/// The next start of the program: the number of records that it found.
std::uint64_t recover(const ToFile& config) {
  const std::uint64_t before = xylem::stats().recovered;
  const Session session{config};
  return xylem::stats().recovered - before;
}

void log_numbers(const Logger& log, int first, int last) {
  for (int i = first; i <= last; ++i) XYLEM_DEBUG(log, "{}", i);
}

Texts numbers(int first, int last) {
  Texts texts;
  for (int i = first; i <= last; ++i) texts.push_back(std::to_string(i));
  return texts;
}

Texts operator+(Texts one, const Texts& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

}  // namespace

TEST_CASE("after a kill the last records are written, though their slots were used again" *
          doctest::skip(!can_fork)) {
  const TempDir dir;
  const ToFile config = recording(dir, R"({"my_app": {"records": 300}})");
  die(config, SIGKILL, [] {
    log_numbers(get_logger("my_app"), 1, 5000);
    XYLEM_INFO(get_logger("my_app"), "info");
    xylem::flush();
  });
  CHECK(messages(dir / "log") == Texts{"info"});
  CHECK(recover(config) == 300);
  CHECK(messages(dir / "log") == Texts{"info"} + numbers(4701, 5000));
  CHECK(std::filesystem::is_empty(dir / "crash"));
  CHECK(recover(config) == 0);
}

TEST_CASE("what nobody has taken from the rings yet counts as well" * doctest::skip(!can_fork)) {
  for (const int last : {3, 20, 40, 63, 200, 1000}) {
    CAPTURE(last);
    const TempDir dir;
    const ToFile config = recording(dir, R"({"my_app": {"records": 10}})");
    die(config, SIGKILL, [last] { log_numbers(get_logger("my_app"), 1, last); });
    recover(config);
    CHECK(messages(dir / "log") == numbers(std::max(1, last - 9), last));
  }
}

TEST_CASE("what had been written before a kill is not written again" * doctest::skip(!can_fork)) {
  for (int round = 0; round < 8; ++round) {
    const TempDir dir;
    const ToFile config = recording(dir, R"({"my_app": {"records": 10}})");
    die(config, SIGKILL, [round] {
      const Logger log = get_logger("my_app");
      log_numbers(log, 1, 100);
      XYLEM_ERROR(log, "error");
      log_numbers(log, 101, 200);
      XYLEM_ERROR(log, "error");
      log_numbers(log, 201, 300);
      if (round % 2 == 0) xylem::flush();
    });
    recover(config);
    CHECK(messages(dir / "log") == numbers(91, 100) + Texts{"error"} + numbers(191, 200) +
                                       Texts{"error"} + numbers(291, 300));
  }
}

TEST_CASE("a record that was kept is recovered as it would have been written" *
          doctest::skip(!can_fork)) {
  const TempDir dir;
  const ToFile config = recording(dir, R"({"": {}})");
  const std::string text(10'000, 'x');
  die(config, SIGKILL, [&] {
    const Logger log = get_logger("my_app");
    xylem::set_thread_name("main");
    std::thread{[&] {
      xylem::set_thread_name("worker \"1\"");
      const xylem::Context context{field("request", 7)};
      XYLEM_DEBUG(log.with(field("shard", 2)), "from a thread {size}", field("size", 0.5));
      xylem::flush();
    }}.join();
    log.debug("{}", text);
    XYLEM_INFO(log, "{}", ::getpid());
    xylem::flush();
  });
  CHECK(recover(config) == 2);
  const std::vector<Line> lines = read_lines(dir / "log");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].message() == "from a thread 0.5");
  CHECK(lines[1].string("thread") == "worker \"1\"");
  CHECK(lines[1].string("timestamp") <= lines[0].string("timestamp"));
  CHECK(std::to_string(lines[1].integer("process")) == lines[0].message());
  CHECK(fields_of(lines[1]).ends_with(R"("size":0.5,"shard":2,"request":7)"));
  CHECK(lines[2].message() == text);
}

TEST_CASE("a fatal signal asks for what every recorder keeps" * doctest::skip(!can_fork)) {
  const TempDir dir;
  const ToFile config = recording(dir, R"({"my_app": {}, "other": {}})");
  die(config, SIGABRT, [] {
    XYLEM_DEBUG(get_logger("other"), "one");
    XYLEM_DEBUG(get_logger("my_app"), "two");
    XYLEM_DEBUG(get_logger("other"), "three");
  });
  const Texts before = messages(dir / "log");
  REQUIRE(before.size() == 4);
  CHECK(Texts(before.begin(), before.begin() + 3) == Texts{"one", "two", "three"});
  CHECK(read_lines(dir / "log")[3].string("level") == "CRITICAL");
  recover(config);
  CHECK(messages(dir / "log") == before);
}

TEST_CASE("a process that ends in order leaves nothing of what was kept" *
          doctest::skip(!can_fork)) {
  const TempDir dir;
  const ToFile config = recording(dir, R"({"my_app": {}})");
  CHECK(fork_test::in_child([&] {
          xylem::configure(config.json());
          log_numbers(get_logger("my_app"), 1, 100);
        }) == 0);
  CHECK(recover(config) == 0);
  CHECK(messages(dir / "log").empty());
}

TEST_CASE("a kill at any moment loses and doubles nothing of what was kept" *
          doctest::skip(!can_fork)) {
  constexpr int between = 97;
  constexpr int most = 10;
  void* const shared = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto& logged = *new (shared) std::atomic<int>{0};
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    const TempDir dir;
    const ToFile config = recording(dir, R"({"my_app": {"records": 10}})");
    logged = 0;
    const pid_t child = ::fork();
    if (child == 0) {
      xylem::configure(config.json());
      const Logger log = get_logger("my_app");
      for (int i = 1;; ++i) {
        if (i % between == 0) {
          XYLEM_ERROR(log, "{}", i);
        } else {
          XYLEM_DEBUG(log, "{}", i);
        }
        logged = i;
      }
    }
    while (logged < 100 + round * 50) ::usleep(100);
    ::usleep(static_cast<useconds_t>(round * 500));
    ::kill(child, SIGKILL);
    fork_test::status_of(child);
    recover(config);
    const Texts lines = messages(dir / "log");
    REQUIRE(!lines.empty());
    const int last = std::stoi(lines.back());
    CHECK(last >= logged);
    CHECK(last <= logged + 1);
    Texts expected;
    for (int error = between; error <= last; error += between) {
      expected = std::move(expected) + numbers(error - most, error);
    }
    const int tail = last - last % between + 1;
    expected = std::move(expected) + numbers(std::max(tail, last - most + 1), last);
    CHECK(lines == expected);
  }
  ::munmap(shared, sizeof(std::atomic<int>));
}

TEST_CASE("what cannot be read of a recorder is counted, and what can is written") {
  const TempDir dir;
  leftover_test::CrashImage image;
  const std::uint64_t site =
      image.site(leftover_test::make_site("{}", {xylem::record::Kind::string}, 10));
  const std::uint64_t logger = image.logger("app");
  const xylem::record::Thread thread{7, "worker", "worker", "worker"};
  const auto pack = [&](std::uint64_t of_site, std::string_view text) {
    std::string payload;
    leftover_test::append(payload, static_cast<std::uint32_t>(text.size()));
    payload += text;
    const xylem::route::RawRecord raw{
        xylem::detail::HeaderView{xylem::detail::header_word(
            static_cast<std::uint32_t>(of_site), static_cast<std::uint32_t>(logger), 1)},
        reinterpret_cast<const std::byte*>(payload.data()), &thread, leftover_test::epoch_ns};
    std::string packed;
    xylem::route::pack_record(raw, payload.size(), packed);
    return packed;
  };
  const std::string whole = pack(site, "whole");
  image.add_chunk(xylem::crash::ExtentKind::recorded, 0, 1, 0,
                  {{1, 1, "short"},
                   {1, 2, pack(site + 100, "of no site")},
                   {1, 3, whole.substr(0, whole.size() - 1)},
                   {1, 4, whole},
                   {1, 5, pack(site, "another")}});
  image.fixed().header.first_batch.store_relaxed(2);
  leftover_test::leave(dir / "crash", image.bytes());
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  const StderrCapture quiet;
  const auto summary = xylem::recover::recover(
      request, *leftover_test::make_tree(recording(dir, R"({"app": {}})").json()));
  CHECK(summary.unreadable == 3);
  CHECK(summary.recovered == 2);
  CHECK(messages(dir / "log") == Texts{"whole", "another"});
}

TEST_CASE("handlers that have come to different places each get what they lack" *
          doctest::skip(!can_fork)) {
  const TempDir dir;
  const std::string config =
      R"({"version": 1, "disable_existing_loggers": false, "xylem": {"flight_recorder": {"": {
        "records": 5}}, "ring": {"slots": 64, "crash_dir": ")" +
      dir / "crash" + R"("}}, "handlers": {"a": {"class": "logging.FileHandler", "filename": ")" +
      dir / "a" + R"("}, "b": {"class": "logging.FileHandler", "filename": ")" + dir / "b" +
      R"("}}, "root": {"level": "INFO", "handlers": ["a", "b"]}})";
  const pid_t child = ::fork();
  if (child == 0) {
    xylem::configure(config);
    for (int i = 0; i < 3; ++i) {
      log_numbers(get_logger("my_app"), 1, 20);
      XYLEM_ERROR(get_logger("my_app"), "error");
    }
    log_numbers(get_logger("my_app"), 1, 20);
    ::kill(::getpid(), SIGKILL);
  }
  fork_test::status_of(child);
  { const Session session{config}; }
  const std::string expected = "16\n17\n18\n19\n20\n";
  const std::string with_error = expected + "error\n";
  CHECK(read_file(dir / "a") == with_error + with_error + with_error + expected);
  CHECK(read_file(dir / "b") == read_file(dir / "a"));
}
