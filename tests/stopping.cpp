// shutdown() while others log on: it ends, it says what it wrote, and nothing is lost on the way.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using namespace std::chrono_literals;
using xylem::field;

namespace {

constexpr int producers = 8;

/// Threads that log their numbers, one after the other, until it is told to stop.
class Chorus {
 public:
  Chorus() {
    for (int p = 0; p < producers; ++p) {
      threads_.emplace_back([this, p] { sing(p); });
    }
  }
  ~Chorus() { stop(); }
  Chorus(const Chorus&) = delete;
  Chorus& operator=(const Chorus&) = delete;

  /// Returns how many records each has logged.
  std::vector<std::int64_t> stop() {
    done_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return {counts_.begin(), counts_.end()};
  }

 private:
  void sing(int p) {
    const xylem::Logger log = xylem::get_logger("chorus");
    std::int64_t n = 0;
    while (!done_) {
      XYLEM_INFO(log, "", field("p", p), field("n", n++));
      // A ring whose consumer is gone stays full: there is no use in counting to a billion.
      if (n % 64 == 0) std::this_thread::yield();
    }
    counts_[static_cast<std::size_t>(p)] = n;
  }

  std::atomic<bool> done_{false};
  std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(producers);
  std::vector<std::thread> threads_;
};

/// The numbers that each thread left in some files, one behind the other; gaps are added up.
struct Heard {
  std::vector<std::int64_t> next = std::vector<std::int64_t>(producers);
  std::int64_t written = 0;
  std::int64_t missing = 0;  // between two of a thread's records
  std::int64_t told = 0;     // by lines that say so
  int backwards = 0;

  void read(const std::string& path) {
    for_each_line(path, [this](const simdjson::dom::object& line) {
      const std::string_view message = line["message"];
      if (message.ends_with(" records dropped")) {
        told += std::stoll(std::string{message});
        return;
      }
      ++written;
      std::int64_t& expected = next.at(static_cast<std::size_t>(line["p"].get_int64().value()));
      const std::int64_t n = line["n"].get_int64().value();
      backwards += n < expected;
      missing += n - expected;
      expected = n + 1;
    });
  }
};

ToFile config(const std::string& path, const std::string& when_full) {
  return {.path = path,
          .engine = R"({"ring": {"slots": 256, "when_full": ")" + when_full + R"("}})"};
}

}  // namespace

TEST_CASE("eight threads log on while the engine stops and starts: what is not written is told") {
  for (const std::string when_full : {"block", "drop"}) {
    CAPTURE(when_full);
    constexpr int rounds = 5;
    const TempDir dir;
    const Gain gain;
    xylem::configure(config(dir / "0", when_full).json());
    std::vector<std::int64_t> logged;
    {
      Chorus chorus;
      for (int round = 1; round <= rounds; ++round) {
        std::this_thread::sleep_for(10ms);
        xylem::shutdown();
        // Nobody writes any more, and nobody waits for that.
        const std::string file = dir / std::to_string(round - 1);
        const std::string text = read_file(file);
        std::this_thread::sleep_for(10ms);
        CHECK(read_file(file).size() == text.size());
        xylem::configure(config(dir / std::to_string(round), when_full).json());
      }
      logged = chorus.stop();
    }
    xylem::shutdown();
    Heard heard;
    for (int round = 0; round <= rounds; ++round) heard.read(dir / std::to_string(round));
    std::int64_t in_all = 0;
    for (std::size_t p = 0; p < producers; ++p) {
      heard.missing += logged[p] - heard.next[p];
      in_all += logged[p];
    }
    CHECK(heard.backwards == 0);
    CHECK(heard.written > 0);
    CHECK(heard.missing == heard.told);
    const xylem::Stats stats = gain.get();
    CHECK(stats.accepted == static_cast<std::uint64_t>(in_all));
    CHECK(stats.written == static_cast<std::uint64_t>(heard.written));
    CHECK(stats.dropped == static_cast<std::uint64_t>(heard.told));
    CHECK(stats.failed == 0);
    CHECK(stats.pending == 0);
    CHECK(stats.queued_slots == 0);
  }
}

TEST_CASE("block: a thread loses nothing to a shutdown that it does not outlog by a ring") {
  const TempDir dir;
  constexpr int records = 200;  // fewer than a ring holds
  const xylem::Logger log = xylem::get_logger("chorus");
  const auto log_some = [&](std::int64_t first) {
    for (std::int64_t n = first; n < first + records; ++n) {
      XYLEM_INFO(log, "", field("p", 0), field("n", n));
    }
  };
  {
    const Session session{config(dir / "0", "block")};
    log_some(0);
  }
  log_some(records);
  {
    const Session session{config(dir / "1", "block")};
    log_some(2 * records);
  }
  Heard heard;
  heard.read(dir / "0");
  CHECK(heard.next[0] == records);
  heard.read(dir / "1");
  CHECK(heard.next[0] == 3 * records);
  CHECK(heard.missing == 0);
}

TEST_CASE("flush, shutdown and configure from several threads at once, while others log") {
  const TempDir dir;
  const std::string text = config(dir / "log", "block").json();
  xylem::configure(text);
  std::vector<std::int64_t> logged;
  {
    Chorus chorus;
    std::vector<std::thread> threads;
    const auto repeat = [&](auto work) {
      threads.emplace_back([work] {
        for (int i = 0; i < 20; ++i) work();
      });
    };
    repeat([&] { xylem::configure(text); });
    repeat([&] { xylem::configure(text); });
    repeat([] { xylem::flush(); });
    repeat([] { xylem::shutdown(); });
    repeat([] { static_cast<void>(xylem::stats()); });
    for (std::thread& thread : threads) thread.join();
    xylem::configure(text);
    logged = chorus.stop();
  }
  xylem::shutdown();
  Heard heard;
  heard.read(dir / "log");
  for (std::size_t p = 0; p < producers; ++p) heard.missing += logged[p] - heard.next[p];
  CHECK(heard.backwards == 0);
  CHECK(heard.missing == heard.told);
}
