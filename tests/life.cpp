// What a process leaves behind that logs early, late, or to its very end. Each scenario is a child
// of its own: see tests/life_child.cpp.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "engine_support.hpp"

using namespace engine_test;

namespace {

/// What became of a child process.
struct Outcome {
  int exit_status = -1;  // -1: a signal ended it
  std::string errors;    // its stderr
  double cpu_seconds = 0;
};

/// Runs life_child with these arguments and waits for its end.
Outcome run_child(std::vector<std::string> arguments) {
  const TempDir dir;
  const std::string errors = dir / "stderr";
  arguments.insert(arguments.begin(), XYLEM_BUILD_ROOT "/tests/life_child");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string{"cannot run "} + argv[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(errors),
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

struct Remains {
  Outcome outcome;
  std::vector<std::string> messages;
};

/// What a scenario leaves in its file and on stderr.
Remains run(const std::string& scenario) {
  const TempDir dir;
  write_file(dir / "config.json", ToFile{dir / "log.jsonl"}.json());
  Outcome outcome = run_child({scenario, dir / "config.json"});
  CAPTURE(outcome.errors);
  CHECK(outcome.exit_status >= 0);
  return {std::move(outcome), messages(dir / "log.jsonl")};
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what was logged before the end of main is in the file") {
  const std::pair<std::string, int> scenarios[] = {
      {"return", 0}, {"exit", 3}, {"exit-on-thread", 4}};
  for (const auto& [name, status] : scenarios) {
    const std::string scenario = name;
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    CHECK(remains.outcome.exit_status == status);
    CHECK(remains.outcome.errors == "");
    REQUIRE(remains.messages.size() == 10'000);
    CHECK(remains.messages.front() == "record 0");
    CHECK(remains.messages.back() == "record 9999");
  }
}

TEST_CASE("records from before the configuration go where the configuration says") {
  const Remains early = run("before-main");
  CHECK(early.messages == Texts{"from before main"});
  CHECK(early.outcome.errors == "");

  const Remains late = run("configure-late");
  CHECK(late.messages ==
        Texts{"from before the configuration", "from another thread", "from after it"});
  CHECK(late.outcome.errors == "");
}

TEST_CASE("static destructors log to the file") {
  const Remains remains = run("statics");
  CHECK(remains.messages ==
        Texts{"from main", "from a local static's destructor", "from a global's destructor"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("atexit handlers log to the file") {
  const Remains remains = run("atexit");
  CHECK(remains.messages == Texts{"from main", "from an atexit handler registered last",
                                  "from an atexit handler registered first"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("destructors of thread_local objects log to the file") {
  const Remains remains = run("thread-locals");
  CHECK(sorted(remains.messages) == Texts{"from a thread_local's destructor",
                                          "from a thread_local's destructor",
                                          "from a thread_local's destructor", "from the thread"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("destructors of pthread keys log to the file") {
  const Remains remains = run("keys");
  CHECK(remains.messages ==
        Texts{"from the thread", "from a key's destructor", "from the next round"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("without any configuration, bare warnings go to stderr") {
  const Outcome outcome = run_child({"unconfigured"});
  CHECK(outcome.exit_status == 0);
  CHECK(outcome.errors == "shown with a value\nshown as well\n");
}

TEST_CASE("what is logged after shutdown() is shown on stderr at the end") {
  const Remains remains = run("after-shutdown");
  CHECK(remains.messages == Texts{"before"});
  CHECK(remains.outcome.errors == "after\nafter, on a thread of its own\n");
}

TEST_CASE("after shutdown() a full ring neither blocks nor crashes, and what it lost is told") {
  const Remains remains = run("much-after-shutdown");
  CHECK(remains.outcome.exit_status == 0);
  CHECK(remains.messages == Texts{"before"});
  const std::string& errors = remains.outcome.errors;
  const std::size_t shown = count(errors, "after ");
  CHECK(shown > 1000);
  CHECK(errors.ends_with(std::to_string(100'000 - shown) + " records dropped\n"));
}

TEST_CASE("a thread that logs for ever does not keep the process from ending") {
  const Remains remains = run("outliving-thread");
  CHECK(remains.outcome.exit_status == 0);
  CHECK(std::count(remains.messages.begin(), remains.messages.end(), "last words of main") == 1);
}

TEST_CASE("an idle process does not use the processor") {
  // Of 2 s; the start and the end of the process are part of it. A sanitizer costs more than that.
  const Remains remains = run("idle");
  CHECK(remains.messages.size() == 2);
  if (!is_sanitized) CHECK(remains.outcome.cpu_seconds < 0.02);
}
