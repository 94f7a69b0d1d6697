// A program that logs at the odd moments of a process' life and then ends without a word to the
// engine. What it leaves in files and on stderr is what tests/life.cpp looks at.
// usage: life_child SCENARIO [CONFIG_FILE]

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

/// ThreadSanitizer would complain of threads that were about to be joined when the process ended.
extern "C" const char* __tsan_default_options() {
  return "report_thread_leaks=0";
}

/// Called where configure() gives the crash file its name, most of its work done; null: nothing is.
constinit std::atomic<void (*)()> in_mid_configuration{nullptr};

extern "C" int linkat(int from_directory, const char* from, int to_directory, const char* to,
                      int flags) {
  if (void (*const act)() = in_mid_configuration) act();
  return static_cast<int>(::syscall(SYS_linkat, from_directory, from, to_directory, to, flags));
}

/// A type that logs while it is formatted, by all the ways there are.
struct Talker {
  int what;
};

template <>
struct fmt::formatter<Talker> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <typename Context>
  auto format(const Talker& talker, Context& context) const {
    const xylem::Logger log = xylem::get_logger("formatter");
    XYLEM_INFO(log, "formatting {}", talker.what);
    if (talker.what == 2) {
      return fmt::format_to(context.out(), fmt::runtime("<2 {}>"), Talker{1});
    }
    if (talker.what == 4) throw 4;
    if (talker.what == 6) std::exit(6);
    return fmt::format_to(context.out(), "<{}>", talker.what);
  }
};

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

/// Runs after the destructors of static objects.
[[gnu::destructor]] void after_the_globals() {
  if (const char* const scenario = std::getenv("XYLEM_LIFE"); scenario != nullptr) {
    XYLEM_INFO(logger(), "from a destructor function");
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

void configure_too_late() {
  XYLEM_WARNING(logger(), "from long before the configuration");
  std::this_thread::sleep_for(1s);
  configure();
  XYLEM_INFO(logger(), "from after it");
}

void flush_early() {
  XYLEM_WARNING(logger(), "from long before the configuration");
  xylem::flush();
  configure();
  XYLEM_INFO(logger(), "from after it");
}

/// On a thread that has a ring already, more than a ring of the configuration holds.
void configure_meanwhile() {
  static std::atomic<bool> is_ready{false};
  static std::atomic<bool> goes_on{false};
  static std::atomic<bool> is_done{false};
  std::thread thread{[] {
    XYLEM_WARNING(logger(), "from before the configuration");
    is_ready = true;
    while (!goes_on) std::this_thread::yield();
    for (int i = 0; i < 500; ++i) XYLEM_WARNING(logger(), "meanwhile {}", i);
    is_done = true;
  }};
  while (!is_ready) std::this_thread::yield();
  // The thread may have to wait until the configuration is in force.
  in_mid_configuration = [] {
    goes_on = true;
    for (int i = 0; i < 200 && !is_done; ++i) std::this_thread::sleep_for(1ms);
  };
  configure();
  goes_on = true;
  thread.join();
}

void log_much_before() {
  for (int i = 0; i < 20'000; ++i) XYLEM_WARNING(logger(), "early {}", i);
  configure();
}

void log_in_a_destructor_function() {
  configure();
  global.armed = true;
  ::setenv("XYLEM_LIFE", "destructor-function", 1);
  XYLEM_INFO(logger(), "from main");
}

void configure_at_exit() {
  global.armed = true;
  XYLEM_WARNING(logger(), "from before the end");
  std::atexit([] {
    configure();
    XYLEM_INFO(logger(), "from an atexit handler");
  });
}

void end_the_main_thread() {
  configure();
  XYLEM_INFO(logger(), "from main");
  std::thread([main = pthread_self()] {
    pthread_join(main, nullptr);
    XYLEM_INFO(logger(), "after main");
    std::exit(0);  // the engine's own threads do not end by themselves
  }).detach();
  pthread_exit(nullptr);
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

void log_on_threads_that_outlive_main(const char* when_full) {
  configure();
  // The ring's settings again, with the file's handlers as they are.
  std::string text;
  if (std::FILE* const file = std::fopen(config_file, "r")) {
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
  }
  const std::string before = R"("xylem": {})";
  text.replace(
      text.find(before), before.size(),
      std::string{R"("xylem": {"ring": {"slots": 64, "when_full": ")"} + when_full + R"("}})");
  xylem::configure(text);
  for (int i = 0; i < 4; ++i) {
    std::thread([] {
      for (int n = 0;; ++n) XYLEM_INFO(logger(), "endless {}", n);
    }).detach();
  }
  std::this_thread::sleep_for(20ms);
  XYLEM_INFO(logger(), "last words of main");
}

void end_in_the_middle() {
  configure();
  const auto for_ever = [](auto work) {
    std::thread([work] {
      while (true) work();
    }).detach();
  };
  for_ever([] { XYLEM_INFO(logger(), "endless"); });
  for_ever([] { configure(); });
  for_ever([] { xylem::flush(); });
  for_ever([] { xylem::shutdown(); });
  for_ever([] { std::thread([] { XYLEM_INFO(logger(), "a thread's only record"); }).join(); });
  std::this_thread::sleep_for(20ms);
  std::exit(5);
}

void log_in_a_formatter() {
  configure();
  XYLEM_INFO(logger(), "got {}", Talker{1});
  logger().info("got {}", Talker{2});
  std::thread([] { XYLEM_INFO(logger(), "on a thread: {}", Talker{3}); }).join();
  XYLEM_INFO(logger(), "{}", Talker{4});
  XYLEM_INFO(logger(), "in a field", xylem::field("talker", Talker{5}));
}

void exit_in_a_formatter() {
  configure();
  XYLEM_INFO(logger(), "before");
  XYLEM_INFO(logger(), "never logged: {}", Talker{6});
}

void log_without_threads() {
  // Root may start threads whatever the limit is.
  if (::geteuid() == 0 && ::setuid(65534) != 0) return;
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_NPROC, &none);
  XYLEM_WARNING(logger(), "first");
  XYLEM_WARNING(logger(), "second");
}

/// The engine's threads are there before the signal is blocked.
void wait_for_a_signal() {
  configure();
  log_many(2000);
  xylem::flush();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::kill(::getpid(), SIGTERM);
  int signal = 0;
  if (sigwait(&set, &signal) != 0 || signal != SIGTERM) std::exit(1);
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
      {"configure-meanwhile", configure_meanwhile},
      {"statics", destroy_statics},
      {"atexit", run_atexit_handlers},
      {"thread-locals", destroy_thread_locals},
      {"keys", run_key_destructors},
      {"unconfigured", log_without_configuration},
      {"after-shutdown", log_after_shutdown},
      {"much-after-shutdown", log_much_after_shutdown},
      {"outliving-thread", log_on_a_thread_that_outlives_main},
      {"idle", idle},
      {"configure-too-late", configure_too_late},
      {"flush-early", flush_early},
      {"much-before", log_much_before},
      {"destructor-function", log_in_a_destructor_function},
      {"configure-at-exit", configure_at_exit},
      {"pthread-exit", end_the_main_thread},
      {"outliving-block", [] { log_on_threads_that_outlive_main("block"); }},
      {"outliving-drop", [] { log_on_threads_that_outlive_main("drop"); }},
      {"exit-in-the-middle", end_in_the_middle},
      {"formatter", log_in_a_formatter},
      {"exit-in-formatter", exit_in_a_formatter},
      {"no-thread", log_without_threads},
      {"sigwait", wait_for_a_signal},
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
