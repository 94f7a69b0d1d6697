// fork(2): the child logs by a consumer of its own, and what the parent logged is written once.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "child_support.hpp"
#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using fork_test::can_fork;
using fork_test::crash_in;
using fork_test::in_child;
using xylem::field;

TEST_CASE(
    "children forked while a thread logs lose nothing, and write none of the parent's lines") {
  if (!can_fork) return;
  constexpr int children = 10;
  constexpr int lines = 200;
  const TempDir dir;
  std::atomic<bool> done{false};
  std::int64_t logged = 0;
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = crash_in(dir)}};
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
    const Session session{ToFile{.path = dir / "parent", .engine = crash_in(dir)}};
    const xylem::Logger log = xylem::get_logger("fork");
    log.info("before");
    CHECK(in_child([&] {
            xylem::configure(ToFile{.path = dir / "child", .engine = crash_in(dir)}.json());
            log.info("in the child");
          }) == 0);
    log.info("after");
  }
  CHECK(messages(dir / "parent") == std::vector<std::string>{"before", "after"});
  CHECK(messages(dir / "child") == std::vector<std::string>{"in the child"});
}

TEST_CASE("a child configured anew, or shut down, has none of the parent's files open") {
  if (!can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "parent", .engine = crash_in(dir)}};
  const xylem::Logger log = xylem::get_logger("fork");
  log.info("before");
  const auto opens_parents_file = [&] {
    const auto files = fork_test::open_files();
    return std::find(files.begin(), files.end(), dir / "parent") != files.end();
  };
  REQUIRE(opens_parents_file());
  const std::string config = ToFile{.path = dir / "child", .engine = crash_in(dir)}.json();
  CHECK(in_child([&] {
          if (!opens_parents_file()) std::_Exit(1);
          xylem::configure(config);
          if (opens_parents_file()) std::_Exit(2);
        }) == 0);
  CHECK(in_child([&] {
          log.info("in the child");
          xylem::configure(config);
          if (opens_parents_file()) std::_Exit(2);
        }) == 0);
  CHECK(in_child([&] {
          xylem::shutdown();
          if (opens_parents_file()) std::_Exit(2);
        }) == 0);
  CHECK(messages(dir / "parent") == std::vector<std::string>{"before", "in the child"});
}

TEST_CASE("a child's lines say whose they are") {
  if (!can_fork) return;
  const TempDir dir;
  pid_t child = 0;
  {
    const Session session{ToFile{.path = dir / "log",
                                 .fmt_keys = R"({"pid": "process", "thread": "threadName"})",
                                 .engine = crash_in(dir)}};
    const auto log_from = [] { XYLEM_INFO(xylem::get_logger("fork"), "here"); };
    log_from();
    std::thread{[&] {
      child = ::fork();
      if (child == 0) {
        log_from();
        std::exit(0);
      }
      ::waitpid(child, nullptr, 0);
    }}.join();
    log_from();
  }
  const auto lines = read_lines(dir / "log");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].integer("pid") == ::getpid());
  CHECK(lines[1].integer("pid") == child);
  // The thread that forks is the child's first.
  CHECK(lines[1].string("thread") == "MainThread");
  CHECK(lines[2].integer("pid") == ::getpid());
}

TEST_CASE("children of children log, also when those between have logged nothing or are gone") {
  if (!can_fork) return;
  const TempDir dir;
  {
    const Session session{ToFile{.path = dir / "log", .engine = crash_in(dir)}};
    const xylem::Logger log = xylem::get_logger("fork");
    log.info("parent");
    CHECK(in_child([&] {
            log.info("child");
            if (in_child([&] { log.info("grandchild"); }) != 0) std::_Exit(1);
            log.info("child again");
          }) == 0);
    CHECK(in_child([&] {
            if (in_child([&] { log.info("grandchild of a silent one"); }) != 0) std::_Exit(1);
          }) == 0);
    // As daemon(3) does: the one between does not wait, and ends without a word.
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    CHECK(in_child([&] {
            ::setsid();
            if (::fork() != 0) std::_Exit(0);
            log.info("daemon");
            xylem::shutdown();
            std::_Exit(::write(ends[1], "x", 1) == 1 ? 0 : 1);
          }) == 0);
    char x = 0;
    CHECK(::read(ends[0], &x, 1) == 1);
    ::close(ends[0]);
    ::close(ends[1]);
    log.info("parent again");
  }
  CHECK(messages(dir / "log") ==
        std::vector<std::string>{"parent", "child", "grandchild", "child again",
                                 "grandchild of a silent one", "daemon", "parent again"});
}

TEST_CASE("what a child has flushed before it ends by _exit() is there") {
  if (!can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log", .engine = crash_in(dir)}};
  const xylem::Logger log = xylem::get_logger("fork");
  CHECK(in_child([&] {
          for (int n = 0; n < 1000; ++n) log.info("{}", n);
          xylem::flush();
          std::_Exit(0);
        }) == 0);
  CHECK(messages(dir / "log").size() == 1000);
}

TEST_CASE("what a child's thread logs is the child's, and ends with it") {
  if (!can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log", .engine = crash_in(dir)}};
  const xylem::Logger log = xylem::get_logger("fork");
  log.info("parent");
  CHECK(in_child([&] {
          std::vector<std::thread> threads;
          for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
              for (int n = 0; n < 100; ++n) log.info("child");
            });
          }
          for (std::thread& thread : threads) thread.join();
        }) == 0);
  CHECK(messages(dir / "log").size() == 401);
}

TEST_CASE("a child that logs nothing starts no thread and makes no file") {
  if (!can_fork) return;
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log", .engine = crash_in(dir)}};
  xylem::get_logger("fork").info("parent");
  CHECK(in_child([] {
          std::size_t threads = 0;
          for ([[maybe_unused]] const auto& entry :
               std::filesystem::directory_iterator{"/proc/self/task"}) {
            ++threads;
          }
          if (threads != 1) std::_Exit(1);
        }) == 0);
}

TEST_CASE("records that wait for a configuration are the parent's to write") {
  if (!can_fork) return;
  // In a process of its own, in which nothing was configured before.
  for (const std::string scenario : {"fork-waiting", "fork-first", "fork-handlers"}) {
    CAPTURE(scenario);
    const TempDir dir;
    write_file(dir / "config.json", ToFile{dir / "log.jsonl"}.json());
    const auto outcome = child_test::run_child("fork_child", {scenario, dir / "config.json"});
    CHECK(outcome.exit_status == 0);
    std::vector<std::string> expected;
    if (scenario == "fork-waiting") {
      expected = {"child", "parent, before", "parent, after"};
      // On a slow machine the child may take longer than the record waits.
      if (!outcome.errors.empty()) {
        CHECK(outcome.errors == "parent, before\n");
        expected = {"child", "parent, after"};
      }
    } else {
      CHECK(outcome.errors == "");
    }
    if (scenario == "fork-first") expected = {"child", "parent"};
    auto found = messages(dir / "log.jsonl");
    if (scenario == "fork-handlers") {
      expected = {"after it, in the child", "after it, in the parent", "before the fork", "child",
                  "parent"};
      std::sort(found.begin(), found.end());
    }
    CHECK(found == expected);
  }
}
