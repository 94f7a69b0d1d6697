// fork(2): the child logs by a consumer of its own, and what the parent logged is written once.

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;

namespace {

// ThreadSanitizer ends a child that starts a thread.
#if defined(__SANITIZE_THREAD__)
constexpr bool can_fork = false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr bool can_fork = false;
#else
constexpr bool can_fork = true;
#endif
#else
constexpr bool can_fork = true;
#endif

/// Runs `work` in a child that ends as main() ends. Returns its exit status.
template <typename F>
int in_child(F&& work) {
  std::fflush(nullptr);  // or the child would write what the parent's streams hold
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE(
    "children forked while a thread logs lose nothing, and write none of the parent's lines") {
  if (!can_fork) return;
  constexpr int children = 10;
  constexpr int lines = 200;
  const TempDir dir;
  std::atomic<bool> done{false};
  std::int64_t logged = 0;
  {
    const Session session{ToFile{.path = dir / "log.jsonl"}};
    const xylem::Logger log = xylem::get_logger("fork");
    std::thread busy{[&] {
      for (; !done; ++logged) XYLEM_INFO(log, "", field("p", 0), field("n", logged));
    }};
    for (int child = 1; child <= children; ++child) {
      CHECK(in_child([&] {
              for (int n = 0; n < lines; ++n) log.info("", field("p", child), field("n", n));
            }) == 0);
    }
    done = true;
    busy.join();
  }
  std::vector<std::int64_t> next(children + 1);
  int out_of_order = 0;
  for_each_line(dir / "log.jsonl", [&](const auto& line) {
    const std::int64_t writer = line["p"].get_int64().value();
    out_of_order +=
        line["n"].get_int64().value() == next[static_cast<std::size_t>(writer)]++ ? 0 : 1;
  });
  CHECK(out_of_order == 0);
  std::vector<std::int64_t> expected(children + 1, lines);
  expected[0] = logged;
  CHECK(next == expected);
}

TEST_CASE("a child can be configured anew, and the parent goes on as before") {
  if (!can_fork) return;
  const TempDir dir;
  {
    const Session session{ToFile{.path = dir / "parent"}};
    const xylem::Logger log = xylem::get_logger("fork");
    log.info("before");
    CHECK(in_child([&] {
            xylem::configure(ToFile{.path = dir / "child"}.json());
            log.info("in the child");
          }) == 0);
    log.info("after");
  }
  CHECK(messages(dir / "parent") == std::vector<std::string>{"before", "after"});
  CHECK(messages(dir / "child") == std::vector<std::string>{"in the child"});
}

TEST_CASE("a child that runs another program leaves no descriptor behind") {
  if (!can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl"}};
  xylem::get_logger("fork").info("opens everything there is");
  xylem::flush();
  const std::string command = "ls -l /proc/self/fd > '" + (dir / "descriptors") + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string descriptors = read_file(dir / "descriptors");
  CHECK(descriptors.find("log.jsonl") == std::string::npos);
  CHECK(descriptors.find("xylem-ring") == std::string::npos);
}
