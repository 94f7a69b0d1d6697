// Many forks while other threads are in the middle of everything that takes a lock. A child that
// finds one taken for ever is ended by its alarm clock, which is no exit status 0.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using fork_test::can_fork;
using fork_test::crash_in;
using fork_test::in_child;
using xylem::field;

namespace {

constexpr int children = is_sanitized ? 20 : 60;
constexpr int lines_of_child = 20;
constexpr unsigned patience_s = 60;

/// Registers call sites again and again: the keys differ from one call to the next, and with them
/// the site.
void log_with_new_keys(const xylem::Logger& log, std::int64_t n) {
  static constexpr xylem::detail::Key keys[] = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}};
  const auto one_of = [n](std::int64_t place) { return keys[2 * place + (n >> place & 1)]; };
  XYLEM_INFO(log, "", field("p", 0), field("n", n), field(one_of(0), n), field(one_of(1), n),
             field(one_of(2), n));
}

/// Does things on threads until it is destroyed.
class Background {
 public:
  ~Background() {
    done_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  /// work(n) for n = 0, 1, ...; `count` is set to the number of calls at the end.
  template <typename F>
  void repeat(std::int64_t& count, F work) {
    threads_.emplace_back([this, &count, work] {
      std::int64_t n = 0;
      for (; !done_; ++n) work(n);
      count = n;
    });
  }

 private:
  std::atomic<bool> done_{false};
  std::vector<std::thread> threads_;
};

/// Signals come all the time, and cut short what they can.
class SignalRain {
 public:
  SignalRain() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, &former_);
    const itimerval each_ms{{0, 1000}, {0, 1000}};
    ::setitimer(ITIMER_REAL, &each_ms, nullptr);
  }
  ~SignalRain() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &former_, nullptr);
  }
  SignalRain(const SignalRain&) = delete;
  SignalRain& operator=(const SignalRain&) = delete;

 private:
  struct sigaction former_ {};
};

/// A child is not rained on, but woken: timers are not inherited.
void set_alarm_clock() {
  std::signal(SIGALRM, SIG_DFL);
  ::alarm(patience_s);
}

}  // namespace

TEST_CASE("children forked in the middle of anything log, and lose and double nothing") {
  if (!can_fork) return;
  const TempDir dir;
  const std::string config =
      ToFile{.path = dir / "log.jsonl", .engine = crash_in(dir, R"("slots": 256)")}.json();
  std::vector<std::int64_t> logged(4);
  std::int64_t configured = 0;
  std::int64_t flushed = 0;
  xylem::configure(config);
  const xylem::Logger log = xylem::get_logger("storm");
  {
    const SignalRain rain;
    Background background;
    background.repeat(logged[0], [&](std::int64_t n) { log_with_new_keys(log, n); });
    background.repeat(logged[1], [&](std::int64_t n) {
      xylem::set_thread_name("name " + std::to_string(n % 10));
      log.info("", field("p", 1), field("n", n));
    });
    background.repeat(logged[2], [&](std::int64_t n) {
      std::thread{[&] { XYLEM_INFO(log, "", field("p", 2), field("n", n)); }}.join();
    });
    background.repeat(logged[3], [&](std::int64_t n) {
      xylem::get_logger("storm." + std::to_string(n % 1000)).info("", field("p", 3), field("n", n));
    });
    background.repeat(flushed, [](std::int64_t) {
      xylem::flush();
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    });
    background.repeat(configured, [&](std::int64_t) {
      xylem::configure(config);
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    });
    for (int child = 0; child < children; ++child) {
      CAPTURE(child);
      CHECK(in_child([&] {
              set_alarm_clock();
              if (child % 4 == 0) xylem::configure(config);
              for (int n = 0; n < lines_of_child; ++n) {
                log.info("", field("p", 4 + child), field("n", n));
              }
              if (child % 4 != 1) return;
              xylem::flush();
              std::_Exit(0);
            }) == 0);
    }
  }
  xylem::shutdown();
  std::vector<std::int64_t> expected = logged;
  expected.resize(4 + children, lines_of_child);
  std::vector<std::int64_t> next(4 + children);
  int out_of_order = 0;
  for_each_line(dir / "log.jsonl", [&](const auto& line) {
    const auto writer = static_cast<std::size_t>(line["p"].get_int64().value());
    out_of_order += line["n"].get_int64().value() == next.at(writer)++ ? 0 : 1;
  });
  CHECK(out_of_order == 0);
  CHECK(next == expected);
}

TEST_CASE("children forked by several threads at once log") {
  if (!can_fork) return;
  const TempDir dir;
  constexpr int threads = 4;
  constexpr int rounds = 10;
  std::atomic<int> failures{0};
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = crash_in(dir)}};
    const xylem::Logger log = xylem::get_logger("storm");
    std::vector<std::thread> forking;
    for (int t = 0; t < threads; ++t) {
      forking.emplace_back([&] {
        for (int round = 0; round < rounds; ++round) {
          log.info("parent");
          const pid_t child = ::fork();
          if (child == 0) {
            set_alarm_clock();
            log.info("child");
            xylem::shutdown();
            std::_Exit(0);
          }
          if (fork_test::status_of(child) != 0) ++failures;
        }
      });
    }
    for (std::thread& thread : forking) thread.join();
  }
  CHECK(failures == 0);
  const std::string text = read_file(dir / "log.jsonl");
  CHECK(count(text, "\"parent\"") == threads * rounds);
  CHECK(count(text, "\"child\"") == threads * rounds);
  CHECK(messages(dir / "log.jsonl").size() == 2 * threads * rounds);
}
