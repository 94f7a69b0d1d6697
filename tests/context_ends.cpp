// Contexts that end out of turn or on another thread, as in coroutines, which must not hold one
// while they are suspended: whatever happens, no record carries the fields of one that has ended.

#include <coroutine>
#include <exception>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::Context;
using xylem::field;
using xylem::Logger;

namespace {

/// Runs up to its first suspension at once.
class Coroutine {
 public:
  struct promise_type {
    Coroutine get_return_object() {
      return Coroutine{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  explicit Coroutine(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
  Coroutine(Coroutine&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
  Coroutine& operator=(Coroutine other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Coroutine() {
    if (handle_) handle_.destroy();
  }

  void resume() { handle_.resume(); }
  void destroy() { std::exchange(handle_, nullptr).destroy(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

/// What no coroutine should do.
Coroutine hold(Logger log, int id) {
  const Context context{field("id", id), field("held", true)};
  XYLEM_INFO(log, "begun");
  co_await std::suspend_always{};
  XYLEM_INFO(log, "resumed");
}

/// What it should.
Coroutine carry(Logger log, int id) {
  Context::Captured captured;
  {
    const Context context{field("id", id)};
    captured = Context::capture();
    XYLEM_INFO(log, "begun");
  }
  co_await std::suspend_always{};
  {
    const Context resumed{captured};
    XYLEM_INFO(log, "resumed");
  }
  co_await std::suspend_always{};
}

using Strings = std::vector<std::string>;

Strings all_fields(const std::vector<Line>& lines) {
  Strings fields;
  for (const Line& line : lines) fields.push_back(fields_of(line));
  return fields;
}

}  // namespace

TEST_CASE("coroutines that interleave take away their own fields, and only these") {
  const auto lines = logged([](Logger log) {
    const Context around{field("main", 0)};
    Coroutine one = hold(log, 1);
    Coroutine two = hold(log, 2);
    one.resume();  // to its end: its context has ended before that of the other
    XYLEM_INFO(log, "two is there");
    Coroutine three = hold(log, 3);
    two.resume();
    XYLEM_INFO(log, "three is there");
    three.resume();
    XYLEM_INFO(log, "none is there");
  });
  const std::string main = R"("main":0)";
  const auto held = [&](int id) {
    return R"("id":)" + std::to_string(id) + R"(,"held":true,)" + main;
  };
  REQUIRE(lines.size() == 9);
  const Strings fields = all_fields(lines);
  CHECK(fields[0] == held(1));
  CHECK(fields[3] == held(2));
  CHECK(fields[6] == held(3));
  CHECK(fields[8] == main);
}

TEST_CASE("one that ends between two others leaves what both show") {
  const auto lines = logged([](Logger log) {
    const Context outer{field("a", 1), field("n", "outer")};
    Coroutine middle = [](Logger) -> Coroutine {
      const Context context{field("b", 2), field("n", "middle")};
      co_await std::suspend_always{};
    }(log);
    const Context inner{field("c", 3)};
    XYLEM_INFO(log, "all");
    const Context::Captured captured = Context::capture();
    {
      const Context resumed{captured};
      middle.destroy();
      XYLEM_INFO(log, "captured before");
    }
    XYLEM_INFO(log, "without");
  });
  CHECK(all_fields(lines) == Strings{R"("c":3,"b":2,"n":"middle","a":1)",
                                     R"("c":3,"b":2,"n":"middle","a":1)",
                                     R"("c":3,"a":1,"n":"outer")"});
}

TEST_CASE("a coroutine destroyed while it is suspended leaves nothing") {
  const auto lines = logged([](Logger log) {
    Coroutine one = hold(log, 1);
    Coroutine two = hold(log, 2);
    one.destroy();
    two.destroy();
    XYLEM_INFO(log, "after");
  });
  CHECK(all_fields(lines).back().empty());
}

TEST_CASE("a thread whose context ends on another one logs without it from then on") {
  for (const char* const engine : {"{}", R"({"synchronous": true})", R"({"clock": "system"})"}) {
    CAPTURE(engine);
    const TempDir dir;
    {
      const Session session{ToFile{.path = dir / "log", .engine = engine}};
      const Logger log = xylem::get_logger("test");
      std::binary_semaphore is_begun{0};
      std::binary_semaphore has_ended{0};
      std::vector<Coroutine> kept;
      std::thread thread{[&] {
        kept.push_back(hold(log, 1));
        // The call that is done once is the one that goes the fast way.
        const auto say = [&log](const char* what) { XYLEM_INFO(log, "{}", what); };
        say("goes on");
        is_begun.release();
        has_ended.acquire();
        say("after");
        const Context another{field("own", 1)};
        XYLEM_INFO(log, "within another");
      }};
      is_begun.acquire();
      kept.front().resume();
      kept.clear();
      has_ended.release();
      thread.join();
    }
    CHECK(all_fields(read_lines(dir / "log")) ==
          Strings{R"("id":1,"held":true)", R"("id":1,"held":true)", "", "", R"("own":1)"});
  }
}

TEST_CASE("a context may outlive its thread") {
  const auto lines = logged([](Logger log) {
    std::vector<Coroutine> kept;
    std::thread{[&] { kept.push_back(hold(log, 1)); }}.join();
    std::thread{[&] {
      XYLEM_INFO(log, "on another");
      kept.clear();
      XYLEM_INFO(log, "after");
    }}.join();
  });
  CHECK(all_fields(lines) == Strings{R"("id":1,"held":true)", "", ""});
}

TEST_CASE("contexts that end on other threads all the time are each in force until they do") {
  constexpr int count = 2000;
  const auto lines = logged([](Logger log) {
    std::binary_semaphore is_there{0};
    std::binary_semaphore is_gone{0};
    std::vector<Coroutine> kept;
    std::thread thread{[&] {
      for (int i = 0; i < count; ++i) {
        kept.push_back(hold(log, i));
        is_there.release();
        // Looks for room while the other takes it away.
        for (int k = 0; !is_gone.try_acquire(); ++k) {
          if (k % 64 == 0) XYLEM_INFO(log, "between");
        }
        XYLEM_INFO(log, "after");
      }
    }};
    for (int i = 0; i < count; ++i) {
      is_there.acquire();
      kept.clear();
      is_gone.release();
    }
    thread.join();
  });
  int after = 0;
  for (const Line& line : lines) {
    if (line.message() == "begun") CHECK(line.integer("id") == after);
    if (line.message() != "after") continue;
    ++after;
    CHECK(fields_of(line).empty());
  }
  CHECK(after == count);
}

TEST_CASE("a coroutine that goes on with what it has captured carries that and leaves nothing") {
  const auto lines = logged([](Logger log) {
    Coroutine one = carry(log, 1);
    Coroutine two = carry(log, 2);
    XYLEM_INFO(log, "between");
    one.resume();
    std::thread{[&] {
      two.resume();
      XYLEM_INFO(log, "there");
    }}.join();
    XYLEM_INFO(log, "here");
  });
  CHECK(all_fields(lines) ==
        Strings{R"("id":1)", R"("id":2)", "", R"("id":1)", R"("id":2)", "", ""});
}
