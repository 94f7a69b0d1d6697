// A process that is killed for good, with records in its ring: what its lines would have shown is
// shown by recovery, though nobody there knows its stacks and its names for levels.

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include <xylem/extend.hpp>

#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using fork_test::can_fork;
using xylem::Logger;

namespace app {

[[gnu::noinline]] void query(Logger log) {
  XYLEM_WARNING(log, "slow", xylem::stack());
  asm volatile("");  // no call in the place of a return
}

[[gnu::noinline]] void connect(Logger log) {
  try {
    throw std::runtime_error{"connection refused"};
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "failed");
  }
  asm volatile("");
}

[[gnu::noinline]] void serve(Logger log) {
  query(log);
  connect(log);
  asm volatile("");
}

}  // namespace app

namespace {

constexpr xylem::Level notice{25};

std::string config(const TempDir& dir) {
  return R"j({"version": 1, "disable_existing_loggers": false,
      "xylem": {"levels": {"AUDIT": 35}, "ring": {"crash_dir": ")j" +
         dir / "crash" + R"j("}}, "filters": {"gate": {"()": "myapp.Gate"}},
      "formatters": {"j": {"()": "xylem.JsonFormatter", "fmt_keys": {"level": "levelname"}}},
      "handlers": {"f": {"class": "logging.FileHandler", "formatter": "j", "filters": ["gate"],
                         "filename": ")j" +
         dir / "log" + R"j("}}, "root": {"level": "DEBUG", "handlers": ["f"]}})j";
}

/// Once `until` has come, nothing reaches a file any more.
void hold_the_consumer(std::string until) {
  xylem::register_filter("myapp.Gate", [until](const xylem::RecordView& record) {
    while (record.message() == until) ::pause();
    return true;
  });
}

/// As its frame, or, in a program without debug information, by the name that the call has for it.
bool shows_connect(const std::string& traceback) {
  return traceback.find("app::connect(xylem::Logger)") != std::string::npos ||
         traceback.find(", in connect\n") != std::string::npos;
}

/// The lines of what `log_some` logs in a process that is killed, recovered by this one.
template <typename F>
std::vector<Line> recovered(F&& log_some) {
  const TempDir dir;
  const int status = fork_test::in_child([&] {
    hold_the_consumer("gate");
    xylem::configure(config(dir));
    log_some(xylem::get_logger("app"));
    ::kill(::getpid(), SIGKILL);
  });
  REQUIRE(WIFSIGNALED(status));
  hold_the_consumer("none");
  const std::uint64_t before = xylem::stats().recovered;
  const Session session{config(dir)};
  // The gate at least, and what stands behind it.
  CHECK(xylem::stats().recovered > before);
  return read_lines(dir / "log");
}

}  // namespace

TEST_CASE("stacks and exceptions are recovered as the process itself shows them" *
          doctest::skip(!can_fork)) {
  const auto lines = recovered([](Logger log) {
    for (int round = 0; round < 2; ++round) {
      app::serve(log);
      if (round == 0) xylem::flush();
      if (round == 0) log.info("gate");
    }
  });
  REQUIRE(lines.size() == 5);
  const std::string stack = lines[3].string("stack_info");
  INFO(stack);
  CHECK(stack == lines[0].string("stack_info"));
  const std::size_t serve = stack.find("app::serve(xylem::Logger)");
  CHECK(serve < stack.find("app::query(xylem::Logger)"));
  const std::string traceback = lines[4].string("exc_info");
  INFO(traceback);
  CHECK(traceback == lines[1].string("exc_info"));
  CHECK(shows_connect(traceback));
  CHECK(traceback.ends_with("\nstd::runtime_error: connection refused"));
}

TEST_CASE("stacks that the process never got to show are recovered with their names" *
          doctest::skip(!can_fork)) {
  const auto lines = recovered([](Logger log) {
    log.info("gate");
    app::serve(log);
  });
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].string("stack_info").find("app::query(xylem::Logger)") != std::string::npos);
  CHECK(shows_connect(lines[2].string("exc_info")));
}

TEST_CASE("levels are recovered under the names that the process gave them, the last of each" *
          doctest::skip(!can_fork)) {
  const auto lines = recovered([](Logger log) {
    xylem::add_level_name(notice, "NOTE");
    xylem::add_level_name(notice, "NOTICE");
    log.log(xylem::Level{15}, "gate");
    log.log(notice, "n");
    log.log(xylem::Level{35}, "a");
  });
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].string("level") == "Level 15");
  CHECK(lines[1].string("level") == "NOTICE");
  CHECK(lines[2].string("level") == "AUDIT");
  // Not that this process knew.
  const auto here = logged([](Logger log) { log.log(notice, "n"); }, R"({"level": "levelname"})");
  CHECK(here.at(0).string("level") == "Level 25");
}
