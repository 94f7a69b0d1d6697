// A program that dies in the way it is told to, with or without a logging engine that watches.
// What it leaves behind is what tests/fatal.cpp looks at.
// usage: fatal_child SCENARIO [CONFIG_FILE]

#include <array>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/extend.hpp>
#include <xylem/xylem.hpp>

#include "sanitized.hpp"

namespace {

const char* config_file = nullptr;

/// Once a thread is about to die, nothing may allocate on it.
constinit thread_local bool t_is_dying = false;

void say(std::string_view text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) std::_Exit(98);
}

/// Without a configuration the engine is not there.
void configure() {
  if (config_file == nullptr) return;
  xylem::configure_file(config_file);
}

void start() {
  configure();
  if (config_file == nullptr) return;
  for (int i = 0; i < 1000; ++i) XYLEM_INFO(xylem::get_logger("child"), "before {}", i);
}

/// Never done with a record.
struct Stuck : xylem::Handler {
  void handle(const xylem::RecordView&, std::string_view) override {
    while (true) ::pause();
  }
};

/// The consumer has something to do for ever.
void start_with_stuck_handler() {
  xylem::register_handler("fatal.Stuck",
                          [](const xylem::Arguments&) { return std::make_unique<Stuck>(); });
  configure();
  XYLEM_INFO(xylem::get_logger("child"), "stuck");
}

// How a program dies: --------------------------------------------------------------------------

[[gnu::noinline]] void write_null() {
  t_is_dying = true;
  int* volatile nowhere = nullptr;
  *const_cast<volatile int*>(nowhere) = 1;
}

[[gnu::noinline]] void call_null() {
  t_is_dying = true;
  void (*volatile nowhere)() = nullptr;
  nowhere();
  say("after the call\n");
}

[[gnu::noinline]] void write_constant() {
  static const int constant[4096] = {1};
  t_is_dying = true;
  *const_cast<volatile int*>(static_cast<const volatile int*>(constant)) = 2;
}

[[gnu::noinline]] void read_odd_address() {
  t_is_dying = true;
  auto* volatile nowhere = reinterpret_cast<volatile char*>(std::uintptr_t{0x8000'0000'0000'0000});
  static_cast<void>(*nowhere);
}

// The sanitizer would tell of it, and then end the program before the processor does.
__attribute__((noinline, no_sanitize("integer-divide-by-zero"))) void divide() {
  t_is_dying = true;
  volatile int number = 7;
  volatile int zero = 0;
  volatile int result = number / zero;
  static_cast<void>(result);
}

[[gnu::noinline]] void execute_nothing() {
  t_is_dying = true;
  __builtin_trap();
}

[[gnu::noinline]] void read_behind_file() {
  const int fd = ::open("short", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, 8192) != 0) std::_Exit(98);
  auto* const mapped =
      static_cast<volatile char*>(::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fd, 0));
  if (::ftruncate(fd, 0) != 0) std::_Exit(98);
  t_is_dying = true;
  static_cast<void>(mapped[4096]);
}

volatile bool is_endless = true;

[[gnu::noinline]] int recurse(const volatile char* outer) {
  volatile char frame[1000];
  frame[0] = static_cast<char>(*outer + 1);
  if (!is_endless) return 0;
  return recurse(frame) + frame[0];
}

[[gnu::noinline]] void overflow_stack() {
  t_is_dying = true;
  volatile char first = 0;
  recurse(&first);
}

/// Leaves a stack that leads nowhere, then dies.
[[gnu::noinline]] void break_stack() {
  t_is_dying = true;
#if defined(__x86_64__)
  asm volatile(
      "mov $0x10, %%rbp\n"
      "mov $0x10, %%rsp\n"
      "movl $1, 0\n" ::
          : "memory");
#endif
}

/// The thread that dies is a new one, which has not logged.
void on_thread(void (*die)()) {
  std::thread{[die] {
    pthread_setname_np(pthread_self(), "doomed");
    die();
  }}.join();
}

/// A thread that has logged before.
void on_logging_thread(void (*die)()) {
  std::thread{[die] {
    if (config_file != nullptr) {
      xylem::set_thread_name("logging worker");
      XYLEM_INFO(xylem::get_logger("child"), "on a thread");
    }
    die();
  }}.join();
}

struct AppError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[gnu::noinline]] void throw_uncaught() {
  throw AppError{"no such table"};
}

void throw_nested() {
  try {
    throw std::runtime_error{"disk full"};
  } catch (...) {
    std::throw_with_nested(AppError{"cannot save"});
  }
}

void throw_out_of_noexcept() noexcept {
  throw_uncaught();
}

void terminate_without_exception() {
  std::terminate();
}

/// Many at once: only one can be the first.
void crash_together() {
  std::vector<std::thread> threads;
  std::atomic<int> ready{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&ready] {
      ++ready;
      while (ready < 4) continue;
      write_null();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// The name that the kernel has of one of the process' threads.
std::string name_of_thread(const char* id) {
  std::string name;
  std::getline(std::ifstream{std::string{"/proc/self/task/"} + id + "/comm"}, name);
  return name;
}

void kill_consumer() {
  // It takes its name when it gets round to it.
  while (true) {
    DIR* const tasks = ::opendir("/proc/self/task");
    while (const dirent* const task = ::readdir(tasks)) {
      if (name_of_thread(task->d_name) != "xylem") continue;
      ::syscall(SYS_tgkill, ::getpid(), std::atoi(task->d_name), SIGSEGV);
      ::pause();
    }
    ::closedir(tasks);
  }
}

// Handlers of the program: -----------------------------------------------------------------------

void handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  ::sigaction(signal, &action, nullptr);
}

void say_and_exit(int signal, siginfo_t* info, void*) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "handled %d at %p, code %d\n", signal, info->si_addr,
                info->si_code);
  say(text.data());
  std::_Exit(7);
}

void say_plainly(int) {
  say("plain handler\n");
  std::_Exit(8);
}

void say_and_return(int, siginfo_t*, void*) {
  say("once\n");
}

char* protected_page = nullptr;

void unprotect(int, siginfo_t*, void*) {
  say("unprotected\n");
  ::mprotect(protected_page, 4096, PROT_READ | PROT_WRITE);
}

void recover_from_fault() {
  protected_page =
      static_cast<char*>(::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  handle(SIGSEGV, unprotect, 0);
  start();
  const_cast<volatile char*>(protected_page)[0] = 1;
  say("alive\n");
}

struct sigaction below {};

/// As crash reporters do that are started after the engine.
void report_and_call_below(int signal, siginfo_t* info, void* context) {
  say("on top\n");
  if ((below.sa_flags & SA_SIGINFO) != 0) below.sa_sigaction(signal, info, context);
  if ((below.sa_flags & SA_SIGINFO) == 0 && below.sa_handler == SIG_DFL) ::signal(signal, SIG_DFL);
}

void crash_with_handler_on_top(bool configures_again) {
  start();
  ::sigaction(SIGSEGV, nullptr, &below);
  handle(SIGSEGV, report_and_call_below, 0);
  if (configures_again && config_file != nullptr) {
    // Now each of the two has the other below it.
    xylem::shutdown();
    configure();
  }
  write_null();
}

void die_with_former(void (*handler)(int, siginfo_t*, void*), int flags) {
  handle(SIGSEGV, handler, flags);
  start();
  write_null();
}

bool is_default(int signal) {
  struct sigaction present {};
  ::sigaction(signal, nullptr, &present);
  return (present.sa_flags & SA_SIGINFO) == 0 && present.sa_handler == SIG_DFL;
}

bool are_all_default() {
  return is_default(SIGSEGV) && is_default(SIGBUS) && is_default(SIGFPE) && is_default(SIGILL) &&
         is_default(SIGABRT);
}

void check_dispositions() {
  const std::terminate_handler terminate_before = std::get_terminate();
  start();
  say(are_all_default() ? "default\n" : "watched\n");
  if (!is_default(SIGTERM) || !is_default(SIGINT)) say("took what is the program's\n");
  say(std::get_terminate() == terminate_before ? "default\n" : "watched\n");
  if (config_file != nullptr) xylem::shutdown();
  say(are_all_default() ? "default\n" : "watched\n");
  say(std::get_terminate() == terminate_before ? "default\n" : "watched\n");
}

// Children: --------------------------------------------------------------------------------------

void in_forked_child(bool logs) {
  start();
  const pid_t child = ::fork();
  if (child == 0) {
    if (logs && config_file != nullptr) XYLEM_INFO(xylem::get_logger("child"), "in the fork");
    write_null();
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::signal(WTERMSIG(status), SIG_DFL);
  ::raise(WTERMSIG(status));
}

void raise_ignored() {
  ::signal(SIGSEGV, SIG_IGN);
  start();
  ::raise(SIGSEGV);
  say("alive\n");
}

/// A stack of the program's own must be kept.
void crash_on_own_stack() {
  static std::array<std::byte, 32768> memory;
  stack_t own{};
  own.ss_sp = memory.data();
  own.ss_size = memory.size();
  ::sigaltstack(&own, nullptr);
  start();
  stack_t present{};
  ::sigaltstack(nullptr, &present);
  if (present.ss_sp != memory.data()) say("another stack\n");
  overflow_stack();
}

template <void (*die)()>
void die_by() {
  start();
  die();
}

template <int signal>
void die_raised() {
  start();
  t_is_dying = true;
  ::raise(signal);
}

const std::map<std::string_view, std::function<void()>> scenarios = {
    {"raise-segv", die_raised<SIGSEGV>},
    {"raise-bus", die_raised<SIGBUS>},
    {"raise-fpe", die_raised<SIGFPE>},
    {"raise-ill", die_raised<SIGILL>},
    {"raise-abrt", die_raised<SIGABRT>},
    {"kill",
     [] {
       start();
       ::kill(::getpid(), SIGSEGV);
       ::pause();
     }},
    {"null-write", die_by<write_null>},
    {"stuck",
     [] {
       start_with_stuck_handler();
       write_null();
     }},
    {"null-call", die_by<call_null>},
    {"constant-write", die_by<write_constant>},
    {"odd-address", die_by<read_odd_address>},
    {"division", die_by<divide>},
    {"illegal", die_by<execute_nothing>},
    {"behind-file", die_by<read_behind_file>},
    {"overflow", die_by<overflow_stack>},
    {"overflow-thread",
     [] {
       start();
       on_logging_thread(overflow_stack);
     }},
    {"broken-stack", die_by<break_stack>},
    {"abort",
     [] {
       start();
       t_is_dying = true;
       std::abort();
     }},
    {"thread",
     [] {
       start();
       on_thread(write_null);
     }},
    {"context",
     [] {
       start();
       const xylem::Context context{xylem::field("request_id", "r1"), xylem::field("n", 7)};
       write_null();
     }},
    {"logging-thread",
     [] {
       start();
       on_logging_thread(write_null);
     }},
    {"throw", die_by<throw_uncaught>},
    {"throw-nested", die_by<throw_nested>},
    {"throw-thread",
     [] {
       start();
       on_thread(throw_uncaught);
     }},
    {"noexcept", die_by<throw_out_of_noexcept>},
    {"terminate", die_by<terminate_without_exception>},
    {"together", die_by<crash_together>},
    {"consumer", die_by<kill_consumer>},
    {"former-info", [] { die_with_former(say_and_exit, 0); }},
    {"former-plain",
     [] {
       ::signal(SIGSEGV, say_plainly);
       start();
       write_null();
     }},
    {"former-reset", [] { die_with_former(say_and_return, static_cast<int>(SA_RESETHAND)); }},
    {"former-ignore-fault",
     [] {
       ::signal(SIGSEGV, SIG_IGN);
       start();
       write_null();
     }},
    {"former-ignore-raise", raise_ignored},
    {"former-recovers", recover_from_fault},
    {"former-terminate",
     [] {
       std::set_terminate([] {
         say("ended\n");
         std::_Exit(9);
       });
       start();
       throw_uncaught();
     }},
    {"on-top", [] { crash_with_handler_on_top(false); }},
    {"on-top-again", [] { crash_with_handler_on_top(true); }},
    {"dispositions", check_dispositions},
    {"fork", [] { in_forked_child(false); }},
    {"fork-logs", [] { in_forked_child(true); }},
    {"own-stack", crash_on_own_stack},
};

}  // namespace

#if !XYLEM_IS_SANITIZED
extern "C" void* __libc_malloc(std::size_t bytes);

/// Takes the place of the C library's: a handler that allocates would hang in a crash within it.
extern "C" void* malloc(std::size_t bytes) {
  if (t_is_dying) {
    say("allocated while it died\n");
    std::_Exit(99);
  }
  return __libc_malloc(bytes);
}
#endif

int main(int argc, char** argv) {
  const auto found = scenarios.find(argc > 1 ? argv[1] : "");
  if (found == scenarios.end()) {
    std::fprintf(stderr, "usage: fatal_child SCENARIO [CONFIG_FILE]\n");
    return 2;
  }
  if (argc > 2) config_file = argv[2];
  // As many as there may be: whether there is a core dump is part of the status.
  rlimit cores{};
  ::getrlimit(RLIMIT_CORE, &cores);
  cores.rlim_cur = XYLEM_IS_SANITIZED ? 0 : cores.rlim_max;
  ::setrlimit(RLIMIT_CORE, &cores);
  found->second();
  return 0;
}
