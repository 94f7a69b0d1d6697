// A program that forks at the odd moments of its life. What it leaves in its file is what
// tests/fork.cpp looks at.
// usage: fork_child SCENARIO CONFIG_FILE

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

/// For LeakSanitizer: the child of a fork ends in the middle of its parent's objects.
extern "C" int __lsan_is_turned_off() {
  return 1;
}

namespace {

const char* config_file = nullptr;

xylem::Logger logger() {
  return xylem::get_logger("child");
}

/// Forks; the child does its work and ends, the parent waits for it.
template <typename F>
void fork_and_wait(F&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  if (status != 0) std::_Exit(1);
}

/// The parent's record waits for the parent's configuration; the child's must not wait for it.
void fork_while_records_wait() {
  XYLEM_WARNING(logger(), "parent, before");
  fork_and_wait([] {
    XYLEM_WARNING(logger(), "child");
    xylem::configure_file(config_file);
  });
  xylem::configure_file(config_file);
  XYLEM_WARNING(logger(), "parent, after");
}

void fork_before_anything() {
  fork_and_wait([] {
    xylem::configure_file(config_file);
    XYLEM_INFO(logger(), "child");
  });
  xylem::configure_file(config_file);
  XYLEM_INFO(logger(), "parent");
}

/// Handlers of the program's own, registered before it has ever logged.
void log_in_fork_handlers() {
  pthread_atfork([] { XYLEM_INFO(xylem::get_logger("first use"), "before the fork"); },
                 [] { XYLEM_INFO(logger(), "after it, in the parent"); },
                 [] { XYLEM_INFO(logger(), "after it, in the child"); });
  xylem::configure_file(config_file);
  const pid_t child = ::fork();
  if (child == 0) {
    XYLEM_INFO(logger(), "child");
    std::exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  XYLEM_INFO(logger(), "parent");
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, void (*)()> scenarios = {
      {"fork-waiting", fork_while_records_wait},
      {"fork-first", fork_before_anything},
      {"fork-handlers", log_in_fork_handlers},
  };
  const auto found = scenarios.find(argc > 2 ? argv[1] : "");
  if (found == scenarios.end()) {
    std::fprintf(stderr, "usage: fork_child SCENARIO CONFIG_FILE\n");
    return 2;
  }
  config_file = argv[2];
  found->second();
  return 0;
}
