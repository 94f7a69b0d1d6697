// Many threads at once: nothing lost, nothing reordered, nothing left behind.

#include <atomic>
#include <barrier>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>

#include "engine_support.hpp"
#include "nameless_file.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

namespace {

constexpr int producers = 8;
const std::string small_ring = R"({"ring": {"slots": 256}})";

/// Runs work(i) on `count` threads that begin together.
template <typename F>
void on_threads(int count, F&& work) {
  std::barrier start{count};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// The sequences of several threads as they come back from a file.
class Sequences {
 public:
  explicit Sequences(std::size_t threads) : next_(threads, 0) {}

  void see(const simdjson::dom::object& line) {
    std::int64_t& expected = next_.at(static_cast<std::size_t>(line["p"].get_int64().value()));
    wrong_ += line["n"].get_int64().value() != expected;
    ++expected;
  }

  int wrong() const { return wrong_; }
  const std::vector<std::int64_t>& next() const { return next_; }

 private:
  std::vector<std::int64_t> next_;
  int wrong_ = 0;
};

/// Of this process, as /proc/self/status says.
long resident_kib() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") {
      status >> word;
      return std::stol(word);
    }
  }
  return 0;
}

long open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

long mappings() {
  std::ifstream maps{"/proc/self/maps"};
  return std::count(std::istreambuf_iterator<char>{maps}, {}, '\n');
}

std::vector<std::string> thread_names(const std::string& path) {
  std::vector<std::string> names;
  for (const Line& line : read_lines(path)) names.push_back(line.string("thread"));
  return names;
}

/// A call may read the time stamp counter some nanoseconds before a load in front of it has ended:
/// to wait for that would cost each call as much as the clock. Whoever needs the order to the
/// nanosecond waits himself.
void let_loads_end() {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#endif
}

}  // namespace

TEST_CASE("8 threads log a million records each through small rings: all there, in order") {
  constexpr int records = is_sanitized ? 20'000 : 1'000'000;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  const Gain gain;
  on_threads(producers, [](int producer) {
    const Logger log = xylem::get_logger("threads");
    for (int n = 0; n < records; ++n) XYLEM_INFO(log, "", field("p", producer), field("n", n));
  });
  xylem::flush();
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == std::uint64_t{producers} * records);
  CHECK(stats.written == std::uint64_t{producers} * records);
  CHECK(stats.queued_slots == 0);
  Sequences sequences{producers};
  for_each_line(dir / "log.jsonl", [&](const auto& line) { sequences.see(line); });
  CHECK(sequences.wrong() == 0);
  CHECK(sequences.next() == std::vector<std::int64_t>(producers, records));
}

TEST_CASE("threads that come and go by the thousand leave no descriptors and no memory behind") {
  constexpr int rounds = is_sanitized ? 40 : 500;
  constexpr int at_once = 8;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  const auto log_from_new_threads = [](int round) {
    on_threads(at_once, [round](int i) {
      XYLEM_INFO(xylem::get_logger("threads"), "", field("p", round * at_once + i), field("n", 0));
      xylem::get_logger("threads").info("", field("p", round * at_once + i), field("n", 1));
    });
  };
  // As fast as they come: the consumer may not have given back the rings of some when the next ones
  // ask for theirs.
  int round = 0;
  while (round < rounds / 2) log_from_new_threads(round++);
  xylem::flush();
  const long descriptors_before = open_descriptors();
  const long mappings_before = mappings();
  const long resident_before_kib = resident_kib();
  const long file_before_kib = nameless_file::kib();
  while (round < rounds) {
    log_from_new_threads(round++);
    xylem::flush();
  }
  CHECK(open_descriptors() == descriptors_before);
  // A ring takes two; the C library may have made another arena or stack.
  // A sanitizer maps memory of its own for threads.
  if (!is_sanitized) CHECK(mappings() - mappings_before < 2 * at_once);
  if (!is_sanitized) CHECK(resident_kib() - resident_before_kib < 4096);
  // 4000 threads: not one word of each stays.
  CHECK(nameless_file::kib() - file_before_kib < 16);
  Sequences sequences{std::size_t{at_once} * rounds};
  for_each_line(dir / "log.jsonl", [&](const auto& line) { sequences.see(line); });
  CHECK(sequences.wrong() == 0);
  CHECK(sequences.next() == std::vector<std::int64_t>(std::size_t{at_once} * rounds, 2));
}

TEST_CASE("flush() from several threads: each finds in the file what it logged before") {
  constexpr int rounds = is_sanitized ? 100 : 500;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  std::atomic<int> missing{0};
  on_threads(4, [&](int producer) {
    const Logger log = xylem::get_logger("threads");
    std::ifstream file{dir / "log.jsonl"};
    std::string text;
    for (int n = 0; n < rounds; ++n) {
      XYLEM_INFO(log, "", field("p", producer), field("n", n));
      xylem::flush();
      const std::string expected =
          R"("p":)" + std::to_string(producer) + R"(,"n":)" + std::to_string(n);
      text.assign(std::istreambuf_iterator<char>{file}, {});
      file.clear();
      missing += text.find(expected + "}") == std::string::npos;
    }
  });
  CHECK(missing == 0);
  Sequences sequences{4};
  for_each_line(dir / "log.jsonl", [&](const auto& line) { sequences.see(line); });
  CHECK(sequences.wrong() == 0);
}

TEST_CASE("what a thread logs after it saw another's record comes after that record") {
  constexpr int rounds = is_sanitized ? 5'000 : 100'000;
  constexpr int players = 3;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  std::atomic<int> turn{0};
  std::atomic<bool> playing{true};
  // Whoever flushes meanwhile must not change the order.
  std::thread flusher{[&] {
    while (playing) {
      xylem::flush();
      std::this_thread::yield();
    }
  }};
  on_threads(players, [&](int player) {
    const Logger log = xylem::get_logger("threads");
    for (int n = player; n < rounds; n += players) {
      while (turn.load(std::memory_order_acquire) != n) std::this_thread::yield();
      let_loads_end();
      XYLEM_INFO(log, "", field("p", 0), field("n", n));
      turn.store(n + 1, std::memory_order_release);
    }
  });
  playing = false;
  flusher.join();
  xylem::flush();
  Sequences sequences{1};
  for_each_line(dir / "log.jsonl", [&](const auto& line) { sequences.see(line); });
  CHECK(sequences.wrong() == 0);
  CHECK(sequences.next() == std::vector<std::int64_t>{rounds});
}

TEST_CASE("that holds for the first record of a thread, too") {
  constexpr int rounds = is_sanitized ? 500 : 10'000;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  const Logger log = xylem::get_logger("threads");
  std::atomic<int> turn{0};
  std::thread old_thread{[&] {
    for (int n = 1; n < rounds; n += 2) {
      while (turn.load(std::memory_order_acquire) != n) std::this_thread::yield();
      XYLEM_INFO(log, "", field("p", 0), field("n", n));
      turn.store(n + 1, std::memory_order_release);
    }
  }};
  for (int n = 0; n < rounds; n += 2) {
    std::thread([&] {
      XYLEM_INFO(log, "", field("p", 0), field("n", n));
      turn.store(n + 1, std::memory_order_release);
    }).join();
    while (turn.load(std::memory_order_acquire) != n + 2) std::this_thread::yield();
  }
  old_thread.join();
  xylem::flush();
  Sequences sequences{1};
  for_each_line(dir / "log.jsonl", [&](const auto& line) { sequences.see(line); });
  CHECK(sequences.wrong() == 0);
  CHECK(sequences.next() == std::vector<std::int64_t>{rounds});
}

TEST_CASE("the sum of the counters is right at any moment") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring}};
  std::atomic<bool> logging{true};
  std::atomic<int> wrong{0};
  std::thread watcher{[&] {
    while (logging) {
      const xylem::Stats stats = xylem::stats();
      wrong += stats.accepted != stats.written + stats.dropped + stats.failed + stats.pending;
      wrong += stats.written > stats.accepted;
    }
  }};
  on_threads(2, [](int producer) {
    for (int n = 0; n < 20'000; ++n) XYLEM_INFO(xylem::get_logger("threads"), "{} {}", producer, n);
  });
  logging = false;
  watcher.join();
  CHECK(wrong == 0);
}

TEST_CASE("a thread is called as Python would call it, or as it was named") {
  const TempDir dir;
  const Session session{ToFile{dir / "log.jsonl", R"({"thread": "threadName", "id": "thread"})"}};
  const Logger log = xylem::get_logger("threads");
  XYLEM_INFO(log, "");
  std::thread([&] {
    XYLEM_INFO(log, "");
    XYLEM_INFO(log, "");
  }).join();
  std::thread([&] { XYLEM_INFO(log, ""); }).join();
  std::thread([&] {
    pthread_setname_np(pthread_self(), "system name");
    XYLEM_INFO(log, "");
  }).join();
  std::thread([&] {
    xylem::set_thread_name("given \"name\"");
    XYLEM_INFO(log, "");
    xylem::set_thread_name("another");
    XYLEM_INFO(log, "");
    xylem::set_thread_name(std::string(1000, 'x'));
    XYLEM_INFO(log, "");
  }).join();
  xylem::flush();
  const std::vector<std::string> names = thread_names(dir / "log.jsonl");
  REQUIRE(names.size() == 8);
  CHECK(names[0] == "MainThread");
  CHECK(names[1] == names[2]);
  REQUIRE(names[1].starts_with("Thread-"));
  REQUIRE(names[3].starts_with("Thread-"));
  CHECK(std::stoi(names[3].substr(7)) == std::stoi(names[1].substr(7)) + 1);
  CHECK(names[4] == "system name");
  CHECK(names[5] == "given \"name\"");
  CHECK(names[6] == "another");
  CHECK(names[7].starts_with("xxx"));
  const auto lines = read_lines(dir / "log.jsonl");
  CHECK(lines[0].raw("id") == std::to_string(pthread_self()));
}

TEST_CASE("a thread's records keep their order when it is renamed between them") {
  constexpr int records = 5'000;
  const TempDir dir;
  const Session session{ToFile{dir / "log.jsonl", R"({"thread": "threadName"})", small_ring}};
  on_threads(3, [](int producer) {
    for (int n = 0; n < records; ++n) {
      if (n % 10 == 0) xylem::set_thread_name(std::to_string(n / 10));
      XYLEM_INFO(xylem::get_logger("threads"), "", field("p", producer), field("n", n));
    }
  });
  xylem::flush();
  Sequences sequences{3};
  int misnamed = 0;
  for_each_line(dir / "log.jsonl", [&](const simdjson::dom::object& line) {
    sequences.see(line);
    const std::string name = std::to_string(line["n"].get_int64().value() / 10);
    misnamed += std::string_view{line["thread"]} != name;
  });
  CHECK(sequences.wrong() == 0);
  CHECK(misnamed == 0);
}

TEST_CASE("an engine can be stopped and started again while threads live on") {
  const TempDir dir;
  const Logger log = xylem::get_logger("threads");
  std::barrier step{2};
  std::thread other{[&] {
    for (int round = 0; round < 3; ++round) {
      step.arrive_and_wait();  // configured
      XYLEM_INFO(log, "", field("p", 1), field("n", round));
      step.arrive_and_wait();  // logged
    }
  }};
  for (int round = 0; round < 3; ++round) {
    const Gain gain;
    const std::string path = dir / std::to_string(round);
    const Session session{ToFile{path}};
    XYLEM_INFO(log, "", field("p", 0), field("n", round));
    step.arrive_and_wait();
    step.arrive_and_wait();
    xylem::flush();
    CHECK(read_lines(path).size() == 2);
    CHECK(gain.get().written == 2);
  }
  other.join();
}

TEST_CASE("a limit on the size of files keeps no thread from logging, and ends no process") {
  for (const bool has_crash_file : {false, true}) {
    const TempDir dir;
    const std::string crash_dir = has_crash_file ? '"' + dir.path() + R"(/crash")" : "null";
    const Session session{ToFile{.path = dir / "log.jsonl",
                                 .engine = R"({"ring": {"crash_dir": )" + crash_dir + "}}"}};
    rlimit limits{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limits) == 0);
    const rlimit low{4096, limits.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);
    {
      // In the crash file there is no room for another ring; the thread is told so.
      const StderrCapture reports;
      std::thread([] { XYLEM_INFO(xylem::get_logger("t"), "below the limit"); }).join();
    }
    xylem::flush();
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limits) == 0);
    CHECK(messages(dir / "log.jsonl") == std::vector<std::string>{"below the limit"});
  }
}
