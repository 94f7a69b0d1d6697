// What a process leaves behind that logs early, late, or to its very end. Each scenario is a child
// of its own: see tests/life_child.cpp.

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "child_support.hpp"
#include "engine_support.hpp"

using namespace engine_test;
using child_test::Outcome;

namespace {

struct Remains {
  Outcome outcome;
  std::vector<std::string> messages;
};

/// What a scenario leaves in its file and on stderr.
Remains run(const std::string& scenario, const std::string& engine = "{}") {
  const TempDir dir;
  write_file(dir / "config.json", ToFile{dir / "log.jsonl", "{}", engine}.json());
  Outcome outcome = child_test::run_child("life_child", {scenario, dir / "config.json"});
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

TEST_CASE("records wait for a configuration that comes, whatever is logged and in small rings") {
  const Remains remains = run("configure-meanwhile", R"({"ring": {"slots": 64}})");
  CHECK(remains.outcome.errors == "");
  Texts expected{"from before the configuration"};
  for (int i = 0; i < 500; ++i) expected.push_back("meanwhile " + std::to_string(i));
  CHECK(remains.messages == expected);
}

TEST_CASE("records wait for a configuration half a second, or until they are asked for") {
  for (const std::string scenario : {"configure-too-late", "flush-early"}) {
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    CHECK(remains.outcome.errors == "from long before the configuration\n");
    CHECK(remains.messages == Texts{"from after it"});
  }
}

TEST_CASE("half a ring of records does not wait for a configuration: all are shown, none is lost") {
  const Remains remains = run("much-before");
  std::string expected;
  int n = 0;
  // What came after the last look at the rings waits, and goes to the file.
  while (remains.outcome.errors.find("early " + std::to_string(n) + "\n") != std::string::npos) {
    expected += "early " + std::to_string(n++) + "\n";
  }
  CHECK(n >= 2048);
  CHECK(remains.outcome.errors == expected);
  Texts rest;
  while (n < 20'000) rest.push_back("early " + std::to_string(n++));
  CHECK(remains.messages == rest);
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

TEST_CASE("a destructor function that runs after the static objects' logs to the file") {
  const Remains remains = run("destructor-function");
  CHECK(remains.messages ==
        Texts{"from main", "from a global's destructor", "from a destructor function"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("an engine that is configured by an atexit handler writes to the end") {
  const Remains remains = run("configure-at-exit");
  CHECK(remains.messages ==
        Texts{"from before the end", "from an atexit handler", "from a global's destructor"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("a process whose main thread has ended goes on logging") {
  if (is_sanitized) return;  // ThreadSanitizer gives up there
  const Remains remains = run("pthread-exit");
  CHECK(remains.messages == Texts{"from main", "after main"});
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
  const Outcome outcome = child_test::run_child("life_child", {"unconfigured"});
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

TEST_CASE("threads at full rings do not keep the process from ending, and see no engine vanish") {
  for (const std::string scenario : {"outliving-block", "outliving-drop"}) {
    CAPTURE(scenario);
    const Remains remains = run(scenario);
    CHECK(remains.outcome.exit_status == 0);
    CHECK(std::count(remains.messages.begin(), remains.messages.end(), "last words of main") == 1);
    CHECK(remains.outcome.errors == "");
  }
}

TEST_CASE("a process that ends while it is configured, flushed and shut down does end") {
  const Remains remains = run("exit-in-the-middle");
  CHECK(remains.outcome.exit_status == 5);
}

TEST_CASE("a type that logs while it is formatted for a log call is formatted, and logs") {
  const Remains remains = run("formatter");
  CHECK(remains.messages == Texts{"formatting 1", "got <1>", "formatting 2", "formatting 1",
                                  "got <2 <1>>", "formatting 3", "on a thread: <3>", "formatting 4",
                                  "<unknown exception>", "formatting 5", "in a field"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("a type whose formatting ends the program ends it, and nothing logged before is lost") {
  const Remains remains = run("exit-in-formatter");
  CHECK(remains.outcome.exit_status == 6);
  CHECK(remains.messages == Texts{"before", "formatting 6"});
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("where no thread can be started, warnings are shown at the end") {
  if (is_sanitized) return;  // the sanitizer itself wants a thread at the end
  const Remains remains = run("no-thread");
  CHECK(remains.outcome.exit_status == 0);
  const std::string& errors = remains.outcome.errors;
  CHECK(errors.ends_with("first\nsecond\n"));
  CHECK(count(errors, "\n") == 3);
  CHECK(errors.starts_with("xylem: "));
}

TEST_CASE("a signal that the program has blocked to wait for it does not end it") {
  const Remains remains = run("sigwait");
  CHECK(remains.outcome.exit_status == 0);
  CHECK(remains.messages.size() == 2000);
  CHECK(remains.outcome.errors == "");
}

TEST_CASE("an idle process does not use the processor") {
  // Of 2 s; the start and the end of the process are part of it. A sanitizer costs more than that.
  const Remains remains = run("idle");
  CHECK(remains.messages.size() == 2);
  if (!is_sanitized) CHECK(remains.outcome.cpu_seconds < 0.02);
}
