// A program that logs at the odd moments of a process' life and then ends without a word to the
// engine. What it leaves in files and on stderr is what tests/life.cpp looks at.
// usage: life_child SCENARIO [CONFIG_FILE]

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include <pthread.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

namespace {

using namespace std::chrono_literals;

const char* config_file = nullptr;

xylem::Logger logger() {
  return xylem::get_logger("child");
}

void configure() {
  xylem::configure_file(config_file);
}

/// Logs in its destructor, once it is armed.
struct LogsAtItsEnd {
  const char* where;
  bool armed = false;
  ~LogsAtItsEnd() {
    if (armed) XYLEM_WARNING(logger(), "from {}", where);
  }
};

LogsAtItsEnd global{"a global's destructor"};
thread_local LogsAtItsEnd of_thread{"a thread_local's destructor"};

/// As a static object's constructor, but with the arguments of main().
[[gnu::constructor]] void before_main(int argc, char** argv) {
  if (argc > 1 && argv[1] == std::string_view{"before-main"}) {
    XYLEM_INFO(logger(), "below the level of an engine that is not configured");
    XYLEM_WARNING(logger(), "from before main");
  }
}

void log_many(int records) {
  for (int i = 0; i < records; ++i) XYLEM_INFO(logger(), "record {i}", xylem::field("i", i));
}

void log_and_return() {
  configure();
  log_many(10'000);
}

void log_and_exit() {
  configure();
  log_many(10'000);
  std::exit(3);
}

void log_and_exit_on_another_thread() {
  configure();
  std::thread([] {
    log_many(10'000);
    std::exit(4);
  }).join();
}

void configure_late() {
  XYLEM_INFO(logger(), "below the level of an engine that is not configured");
  XYLEM_WARNING(logger(), "from before the configuration");
  std::thread([] { XYLEM_ERROR(logger(), "from another thread"); }).join();
  configure();
  XYLEM_INFO(logger(), "from after it");
}

void destroy_statics() {
  configure();
  static LogsAtItsEnd local{"a local static's destructor"};
  local.armed = true;
  global.armed = true;
  XYLEM_INFO(logger(), "from main");
}

void run_atexit_handlers() {
  std::atexit([] { XYLEM_INFO(logger(), "from an atexit handler registered first"); });
  configure();
  std::atexit([] { XYLEM_INFO(logger(), "from an atexit handler registered last"); });
  XYLEM_INFO(logger(), "from main");
}

void destroy_thread_locals() {
  configure();
  of_thread.armed = true;
  std::thread([] {
    of_thread.armed = true;
    XYLEM_INFO(logger(), "from the thread");
  }).join();
  std::thread([] { of_thread.armed = true; }).join();
}

/// Destructors of pthread keys run after those of thread_local objects, in rounds.
void run_key_destructors() {
  configure();
  static pthread_key_t first{};
  static pthread_key_t second{};
  pthread_key_create(&first, [](void*) {
    XYLEM_INFO(logger(), "from a key's destructor");
    pthread_setspecific(second, &second);
  });
  pthread_key_create(&second, [](void*) { XYLEM_INFO(logger(), "from the next round"); });
  std::thread([] {
    pthread_setspecific(first, &first);
    XYLEM_INFO(logger(), "from the thread");
  }).join();
}

void log_without_configuration() {
  XYLEM_INFO(logger(), "not shown");
  XYLEM_WARNING(logger(), "shown with a {}", "value");
  XYLEM_ERROR(logger(), "shown as well", xylem::field("but", "not its fields"));
}

void log_after_shutdown() {
  configure();
  XYLEM_INFO(logger(), "before");
  xylem::shutdown();
  XYLEM_INFO(logger(), "not shown");
  XYLEM_WARNING(logger(), "after");
  std::thread([] { XYLEM_WARNING(logger(), "after, on a thread of its own"); }).join();
  xylem::flush();
  xylem::shutdown();
}

/// More than a ring holds: somebody has to give way, and it must not be the program.
void log_much_after_shutdown() {
  configure();
  XYLEM_INFO(logger(), "before");
  xylem::shutdown();
  for (int i = 0; i < 100'000; ++i) XYLEM_WARNING(logger(), "after {}", i);
}

void log_on_a_thread_that_outlives_main() {
  configure();
  std::thread([] {
    for (int i = 0;; ++i) {
      XYLEM_INFO(logger(), "endless {}", i);
      if (i % 100 == 0) std::this_thread::sleep_for(1ms);
    }
  }).detach();
  std::this_thread::sleep_for(50ms);
  XYLEM_INFO(logger(), "last words of main");
}

void idle() {
  configure();
  XYLEM_INFO(logger(), "once");
  std::thread([] { XYLEM_INFO(logger(), "once, on a thread"); }).join();
  std::this_thread::sleep_for(2s);
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, void (*)()> scenarios = {
      {"return", log_and_return},
      {"exit", log_and_exit},
      {"exit-on-thread", log_and_exit_on_another_thread},
      {"before-main", configure},
      {"configure-late", configure_late},
      {"statics", destroy_statics},
      {"atexit", run_atexit_handlers},
      {"thread-locals", destroy_thread_locals},
      {"keys", run_key_destructors},
      {"unconfigured", log_without_configuration},
      {"after-shutdown", log_after_shutdown},
      {"much-after-shutdown", log_much_after_shutdown},
      {"outliving-thread", log_on_a_thread_that_outlives_main},
      {"idle", idle},
  };
  const auto found = scenarios.find(argc > 1 ? argv[1] : "");
  if (found == scenarios.end()) {
    std::fprintf(stderr, "usage: life_child SCENARIO [CONFIG_FILE]\n");
    return 2;
  }
  if (argc > 2) config_file = argv[2];
  found->second();
  return 0;
}
