// What was logged before the first configuration, and what was being logged while it came into
// force: a crash behind it loses neither.

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "engine_support.hpp"
#include "tool_support.hpp"

namespace {

using Texts = std::vector<std::string>;
using tool_test::run_xylem;
using tool_test::WorkDir;

/// How far the calls of a process had come, seen by its parent.
struct Progress {
  std::atomic<int> returned{0};
};

constexpr int most_records = 2000;  // a small part of a ring: none is shown before it is configured

constinit std::atomic<bool> is_stopped{false};
constinit std::atomic<bool> may_go_on{false};

/// Stops a thread wherever it is.
void stop_here(int) {
  is_stopped = true;
  while (!may_go_on) {
  }
}

/// Logs, is configured while a thread stands still in a call, most often, and dies behind the call.
[[noreturn]] void die_behind_a_call(const std::string& config, Progress& progress) {
  std::signal(SIGUSR1, stop_here);
  const xylem::Logger log = xylem::get_logger("early");
  std::atomic<bool> is_logging{false};
  std::thread thread{[&] {
    // The first call takes a ring, with locks that it must not be stopped under.
    XYLEM_ERROR(log, "record {}", 0);
    is_logging = true;
    for (int i = 1; i < most_records && !is_stopped; ++i) {
      XYLEM_ERROR(log, "record {}", i);
      progress.returned = i;
    }
    while (!is_stopped) {
    }
    ::kill(::getpid(), SIGKILL);
  }};
  while (!is_logging) {
  }
  ::pthread_kill(thread.native_handle(), SIGUSR1);
  while (!is_stopped) std::this_thread::yield();
  xylem::configure_file(config);
  // The consumer finds nothing to do, and sleeps.
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  may_go_on = true;
  thread.join();
  ::_exit(1);
}

/// In memory, as the default one.
class CrashDir {
 public:
  CrashDir() : path_{"/dev/shm/xylem-recover-early-" + std::to_string(::getpid())} {}
  ~CrashDir() { std::filesystem::remove_all(path_); }
  CrashDir(const CrashDir&) = delete;
  CrashDir& operator=(const CrashDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("a call that the first configuration overtakes is logged once it returns") {
  const WorkDir work;
  const CrashDir crash;
  const engine_test::ToFile to_file{work / "log", "{}",
                                    R"({"ring": {"crash_dir": ")" + crash.path() + R"("}})"};
  sink_test::write_file(work / "app.json", to_file.json());
  void* const shared =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto& progress = *new (shared) Progress;
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    const pid_t child = ::fork();
    if (child == 0) die_behind_a_call(work / "app.json", progress);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    CHECK(run_xylem(work, {"recover", "--config", "app.json"}).status == 0);
    const Texts messages = engine_test::messages(work / "log");
    CHECK(messages.size() > static_cast<std::size_t>(progress.returned));
    for (std::size_t i = 0; i < messages.size(); ++i) {
      CHECK(messages[i] == "record " + std::to_string(i));
    }
    std::filesystem::remove(work / "log");
    CHECK(std::filesystem::is_empty(crash.path()));
  }
  ::munmap(shared, sizeof(Progress));
}
