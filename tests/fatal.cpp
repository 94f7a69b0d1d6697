// Programs that die of a fatal signal or of std::terminate: what they logged is in the file, with a
// last word about the end, and the end is the one they would have had without an engine. Each is a
// child of its own: see tests/fatal_child.cpp.

#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_support.hpp"

using namespace engine_test;

namespace {

/// What became of a child.
struct Outcome {
  int status;          // as wait(2) has it
  std::string errors;  // its stderr
};

Outcome run_child(const TempDir& dir, std::vector<std::string> arguments, int out = -1) {
  const std::string errors = dir / "stderr";
  arguments.insert(arguments.begin(), XYLEM_BUILD_ROOT "/tests/fatal_child");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out >= 0) posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  // Where its core is dumped.
  posix_spawn_file_actions_addchdir_np(&actions, dir.path().c_str());
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string{"cannot run "} + argv[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {status, read_file(errors)};
}

struct Remains {
  Outcome with;
  Outcome without;  // of the same program without an engine
  std::vector<Line> lines;

  std::size_t critical_lines() const {
    std::size_t found = 0;
    for (const Line& line : lines) found += line.string("level") == "CRITICAL" ? 1 : 0;
    return found;
  }
  const Line& last() const { return lines.at(lines.size() - 1); }
};

/// What a crash leaves stays in the directory of the test.
std::string engine_settings(const TempDir& dir, bool signals = true) {
  return R"({"ring": {"crash_dir": ")" + dir / "crash" + R"("}, "signals": )" +
         (signals ? "true}" : "false}");
}

/// Runs a scenario with and without an engine.
Remains run(const std::string& scenario, bool signals = true) {
  const TempDir dir;
  write_file(
      dir / "config.json",
      ToFile{.path = dir / "log.jsonl",
             .fmt_keys = R"({"level": "levelname", "logger": "name", "thread": "threadName"})",
             .engine = engine_settings(dir, signals)}
          .json());
  Outcome with = run_child(dir, {scenario, dir / "config.json"});
  Outcome without = run_child(dir, {scenario});
  return {std::move(with), std::move(without), read_lines(dir / "log.jsonl")};
}

/// The end that a sanitizer makes of a fault is its own, and its words are many.
void check_same_end(const Remains& remains) {
  CHECK(remains.with.status == remains.without.status);
  if (!is_sanitized) CHECK(remains.with.errors == remains.without.errors);
}

/// All that was logged before, then one record of the end, which begins with these words.
void check_record(const Remains& remains, std::string_view words, std::size_t lines = 1001) {
  CAPTURE(remains.with.errors);
  REQUIRE(remains.lines.size() == lines);
  CHECK(remains.lines[999].message() == "before 999");
  CHECK(remains.critical_lines() == 1);
  const Line& last = remains.last();
  CAPTURE(last.text());
  CHECK(last.string("level") == "CRITICAL");
  CHECK(last.string("logger") == "xylem");
  CHECK(last.message().starts_with(words));
  CHECK(last.message().ends_with(", thread " + last.string("thread")));
}

bool is_in_stack(const Remains& remains, std::string_view function) {
  return remains.last().string("stack_info").find(function) != std::string::npos;
}

}  // namespace

TEST_CASE("a fault leaves a record with its cause and place") {
  struct Fault {
    const char* scenario;
    const char* words;
    const char* signal;
    const char* function;
  };
  const Fault faults[] = {
    {"null-write", "Fatal signal SIGSEGV (address not mapped) at 0x0,", "SIGSEGV",
     "write_null()+0x"},
    {"constant-write", "Fatal signal SIGSEGV (access not permitted) at 0x", "SIGSEGV",
     "write_constant()+0x"},
#if defined(__x86_64__)
    {"null-call", "Fatal signal SIGSEGV (address not mapped) at 0x0,", "SIGSEGV", "call_null()+0x"},
    {"odd-address", "Fatal signal SIGSEGV (general protection fault),", "SIGSEGV",
     "read_odd_address()+0x"},
    {"division", "Fatal signal SIGFPE (integer division) at 0x", "SIGFPE", "divide()+0x"},
    {"illegal", "Fatal signal SIGILL (illegal instruction) at 0x", "SIGILL",
     "execute_nothing()+0x"},
#endif
    {"behind-file", "Fatal signal SIGBUS (no memory behind the address) at 0x", "SIGBUS",
     "read_behind_file()+0x"},
  };
  for (const Fault& fault : faults) {
    CAPTURE(fault.scenario);
    const Remains remains = run(fault.scenario);
    check_same_end(remains);
    check_record(remains, fault.words);
    CHECK(remains.last().string("signal") == fault.signal);
    CHECK(remains.last().string("thread") == "MainThread");
    CHECK(is_in_stack(remains, fault.function));
    CHECK(is_in_stack(remains, "main+0x"));
    CHECK(is_in_stack(remains, "/tests/fatal_child+0x"));
    CHECK(remains.last().has("address") ==
          (remains.last().message().find(" at 0x") != std::string::npos));
    if (!is_sanitized) CHECK(WIFSIGNALED(remains.with.status));
  }
}

TEST_CASE("a signal that was sent leaves a record that says so") {
  const std::pair<const char*, const char*> scenarios[] = {
      {"raise-segv", "SIGSEGV"}, {"raise-bus", "SIGBUS"},   {"raise-fpe", "SIGFPE"},
      {"raise-ill", "SIGILL"},   {"raise-abrt", "SIGABRT"}, {"kill", "SIGSEGV"},
      {"abort", "SIGABRT"},
  };
  for (const auto& expected : scenarios) {
    const char* const scenario = expected.first;
    const std::string signal = expected.second;
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    check_same_end(remains);
    check_record(remains,
                 std::string{"Fatal signal "} + signal + " (raised by the process itself),");
    CHECK_FALSE(remains.last().has("address"));
  }
}

TEST_CASE("a stack that ran out leaves a record") {
  const Remains of_main = run("overflow");
  check_same_end(of_main);
  check_record(of_main, "Fatal signal SIGSEGV (stack overflow) at 0x");
  CHECK(is_in_stack(of_main, "#63 "));
  CHECK(of_main.last().string("stack_info").ends_with("\n..."));

  const Remains of_thread = run("overflow-thread");
  check_same_end(of_thread);
  check_record(of_thread, "Fatal signal SIGSEGV (stack overflow) at 0x", 1002);

  const Remains own_stack = run("own-stack");
  check_same_end(own_stack);
  if (!is_sanitized) CHECK(own_stack.with.errors == "");
  check_record(own_stack, "Fatal signal SIGSEGV (stack overflow) at 0x");
}

TEST_CASE("the record bears the name of the thread that died") {
  const Remains silent = run("thread");
  check_same_end(silent);
  check_record(silent, "Fatal signal SIGSEGV (address not mapped) at 0x0, thread doomed");

  const Remains logging = run("logging-thread");
  check_same_end(logging);
  check_record(logging, "Fatal signal SIGSEGV (address not mapped) at 0x0, thread logging worker",
               1002);
  CHECK(logging.lines[1000].string("thread") == "logging worker");
}

TEST_CASE("the record carries the context of the thread that died") {
  const Remains remains = run("context");
  check_same_end(remains);
  CHECK(remains.last().string("request_id") == "r1");
  CHECK(remains.last().integer("n") == 7);
  CHECK(!remains.lines[0].has("n"));
}

TEST_CASE("a stack that leads nowhere costs the record nothing but the trace") {
#if defined(__x86_64__)
  const Remains remains = run("broken-stack");
  check_same_end(remains);
  check_record(remains, "Fatal signal SIGSEGV (address not mapped) at 0x0, thread MainThread");
  CHECK(is_in_stack(remains, "#0 "));
#endif
}

TEST_CASE("std::terminate leaves a record with the exception, and one only") {
  const std::pair<const char*, const char*> scenarios[] = {
      {"throw",
       "std::terminate: (anonymous namespace)::AppError: no such table, thread MainThread"},
      {"throw-thread",
       "std::terminate: (anonymous namespace)::AppError: no such table, thread doomed"},
      {"noexcept", "std::terminate: (anonymous namespace)::AppError: no such table, thread"},
      {"throw-nested",
       "std::terminate: (anonymous namespace)::AppError: cannot save, "
       "caused by std::runtime_error: disk full, thread"},
      {"terminate", "std::terminate, thread MainThread"},
  };
  for (const auto& expected : scenarios) {
    const char* const scenario = expected.first;
    const std::string words = expected.second;
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    CHECK(remains.with.status == remains.without.status);
    CHECK(remains.with.errors == remains.without.errors);
    check_record(remains, words);
    CHECK(is_in_stack(remains, "\n#0 "));
  }
  // A sanitizer throws by a function of its own.
  if (!is_sanitized) CHECK(is_in_stack(run("throw"), "throw_uncaught()+0x"));

  const Remains handled = run("former-terminate");
  check_same_end(handled);
  check_record(handled, "std::terminate: (anonymous namespace)::AppError: no such table");
}

TEST_CASE("threads that die at once leave one record, and none cuts it short") {
  const Remains remains = run("together");
  // A sanitizer's own handler ends in another way when threads die at once.
  if (!is_sanitized) CHECK(remains.with.status == remains.without.status);
  check_record(remains, "Fatal signal SIGSEGV (address not mapped) at 0x0, thread ");
}

TEST_CASE("handlers that were there before get the signal as they asked for it") {
  for (const char* const scenario :
       {"former-info", "former-plain", "former-reset", "former-ignore-fault", "former-recovers"}) {
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    check_same_end(remains);
    check_record(remains, "Fatal signal SIGSEGV (");
  }
}

TEST_CASE("a signal that the program ignores stays ignored") {
  const Remains remains = run("former-ignore-raise");
  check_same_end(remains);
  CHECK(remains.with.errors == "alive\n");
  CHECK(remains.lines.size() == 1000);
}

TEST_CASE("a handler on top of these can call them, and comes to an end") {
  for (const char* const scenario : {"on-top", "on-top-again"}) {
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    if (!is_sanitized) check_same_end(remains);
    check_record(remains, "Fatal signal SIGSEGV (address not mapped) at 0x0");
  }
}

TEST_CASE("shutdown() restores what was there, and nothing else was taken") {
  CHECK(run("dispositions").with.errors.starts_with("watched\nwatched\n"));
  if (!is_sanitized)
    CHECK(run("dispositions").with.errors == "watched\nwatched\ndefault\ndefault\n");
}

TEST_CASE("\"signals\": false leaves signals alone") {
  const Remains remains = run("null-write", false);
  check_same_end(remains);
  CHECK(remains.critical_lines() == 0);
  const Remains abandoned = run("dispositions", false);
  CHECK(abandoned.with.errors == abandoned.without.errors);
}

TEST_CASE("the child of a fork has a record of its own once it logs") {
  const Remains silent = run("fork");
  check_same_end(silent);
  CHECK(silent.critical_lines() == 0);

  const Remains logging = run("fork-logs");
  check_same_end(logging);
  check_record(logging, "Fatal signal SIGSEGV (address not mapped) at 0x0", 1002);
}

TEST_CASE("a crash of the engine's own thread waits for nobody, and the next start tells of it") {
  const TempDir dir;
  write_file(dir / "config.json",
             ToFile{.path = dir / "log.jsonl", .engine = engine_settings(dir)}.json());
  const Outcome outcome = run_child(dir, {"consumer", dir / "config.json"});
  if (is_sanitized) return;
  CHECK(WIFSIGNALED(outcome.status));
  CHECK(WTERMSIG(outcome.status) == SIGSEGV);
  run_child(dir, {"dispositions", dir / "config.json"});
  const std::vector<std::string> all = messages(dir / "log.jsonl");
  REQUIRE(all.size() == 2001);
  CHECK(all[999] == "before 999");
  CHECK(all[1000].starts_with("Fatal signal SIGSEGV (raised by the process itself), thread "));
  CHECK(all[1001] == "before 0");
}

TEST_CASE("a console that nobody reads delays the end by two seconds, and no more") {
  const TempDir dir;
  write_file(dir / "config.json",
             R"({"version": 1, "handlers": {
      "console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
      "root": {"level": "DEBUG", "handlers": ["console"]}, "xylem": )" +
                 engine_settings(dir) + "}");
  const sink_test::Pipe pipe{O_NONBLOCK};
  const std::string much(65536, 'x');
  while (::write(pipe.writer(), much.data(), much.size()) > 0) continue;
  ::fcntl(pipe.writer(), F_SETFL, 0);
  const Outcome outcome = run_child(dir, {"null-write", dir / "config.json"}, pipe.writer());
  CHECK(outcome.status == run_child(dir, {"null-write"}).status);
}

TEST_CASE("a consumer that is never done does not keep the process from its end") {
  const TempDir dir;
  write_file(dir / "config.json",
             R"({"version": 1, "handlers": {"stuck": {"class": "fatal.Stuck"}},
      "root": {"level": "DEBUG", "handlers": ["stuck"]}, "xylem": )" +
                 engine_settings(dir) + "}");
  CHECK(run_child(dir, {"stuck", dir / "config.json"}).status ==
        run_child(dir, {"null-write"}).status);
}
