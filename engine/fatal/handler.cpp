#include "fatal/handler.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include "call/exception_text.hpp"
#include "drain/hooks.hpp"
#include "fatal/cause.hpp"
#include "fatal/guard.hpp"
#include "fatal/record.hpp"
#include "fatal/signal_stack.hpp"
#include "sink/report.hpp"

namespace xylem::fatal {
namespace {

/// Who has the reserve: a thread by its id, or nobody.
constexpr pid_t idle = 0;       // it waits for a crash
constexpr pid_t unarmed = -1;   // there is none
constexpr pid_t changing = -2;  // it is being taken or given back
constinit std::atomic<pid_t> owner{unarmed};
constinit std::atomic<bool> is_over{false};          // the owner has done what it could
constinit std::atomic<bool> is_wanted{false};        // install() without an uninstall() since
constinit std::atomic<pid_t> process{0};             // that the reserve is of
constinit std::atomic<std::uint64_t> generation{0};  // of the exchange at that time
constinit Reserve reserve;

/// One of the fatal signals and what was there before.
struct Disposition {
  int signal;
  struct sigaction former;
  std::atomic<int> passed_on;  // how often since
};
constinit std::array<Disposition, fatal_signals.size()> dispositions{};
constinit std::terminate_handler former_terminate = nullptr;

/// False in the child of a fork until it has a reserve of its own.
bool is_of_this_process() {
  return process.load(std::memory_order_acquire) == getpid();
}

Disposition* find(int signal) {
  for (Disposition& disposition : dispositions) {
    if (disposition.signal == signal) return &disposition;
  }
  return nullptr;
}

bool is_ignored(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}

void wait_for_owner() {
  // It waits for two seconds itself.
  for (int i = 0; i < 300 && !is_over.load(std::memory_order_acquire); ++i) {
    const timespec pause{0, 10'000'000};
    nanosleep(&pause, nullptr);
  }
}

/// Whether the calling thread is the one to write the record. Others wait here until that is done:
/// the first one that goes on ends the process.
bool claim() {
  if (!is_of_this_process()) return false;
  const pid_t self = gettid();
  pid_t found = idle;
  if (owner.compare_exchange_strong(found, self, std::memory_order_acq_rel)) return true;
  if (found == self) {
    leave_guarded();
  } else if (found > 0) {
    wait_for_owner();
  }
  return false;
}

/// Lets the kernel deliver the same signal, with all that it says, to the former handler as soon as
/// this one returns: stack, mask and flags are those that it asked for, and what it is shown is the
/// place of the crash.
void pass_on(int signal, siginfo_t& info) {
  Disposition* const disposition = find(signal);
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  // Back here after that: the former handler was installed on top of this one, and calls it.
  if (disposition != nullptr && disposition->passed_on.fetch_add(1) == 0) {
    action = disposition->former;
  }
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_BLOCK, &only, nullptr);
  sigaction(signal, &action, nullptr);
  if (syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), signal, &info) != 0) {
    syscall(SYS_tgkill, getpid(), gettid(), signal);
  }
}

void on_signal(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const Disposition* const disposition = find(signal);
  // What somebody sends would do nothing; a fault is fatal even so.
  if (disposition != nullptr && is_ignored(disposition->former) && is_sent(*info)) return;
  if (claim()) {
    reserve.record_signal(*info, *static_cast<ucontext_t*>(context));
    reserve.wait_until_written();
    is_over.store(true, std::memory_order_release);
  }
  pass_on(signal, *info);
  errno = error;
}

/// "std::terminate: app::Error: no such table, caused by std::runtime_error: disk full".
std::string describe_termination() {
  std::string message = "std::terminate";
  const char* separator = ": ";
  for (const std::string& text : call::describe_exception()) {
    message.append(separator).append(text);
    separator = ", caused by ";
  }
  return message;
}

[[noreturn]] void on_terminate() {
  const std::string message = describe_termination();
  if (claim()) {
    reserve.record_termination(message, __builtin_return_address(0));
    reserve.wait_until_written();
    is_over.store(true, std::memory_order_release);
  }
  if (former_terminate != nullptr) former_terminate();
  std::abort();
}

/// Makes the reserve the caller's to change. False when somebody else has it.
bool begin_change() {
  pid_t found = owner.load(std::memory_order_acquire);
  const bool is_stale = !is_of_this_process() || is_over.load(std::memory_order_acquire);
  if (found == changing || (found > 0 && !is_stale)) return false;
  return owner.compare_exchange_strong(found, changing, std::memory_order_acq_rel);
}

void drop_reserve() {
  if (is_of_this_process()) reserve.give_back();
  reserve = {};
  process.store(0, std::memory_order_release);
}

/// Takes the reserve unless it is there. After a fork the parent's is left as it is; rings that are
/// to be kept elsewhere are given back.
void arm() {
  const std::uint64_t current = drain::Engine::instance().exchange().generation();
  const bool is_armed = owner.load(std::memory_order_acquire) == idle && is_of_this_process() &&
                        generation.load(std::memory_order_relaxed) == current;
  if (is_armed || !begin_change()) return;
  pid_t next = unarmed;
  try {
    drop_reserve();
    reserve.take();
    process.store(getpid(), std::memory_order_release);
    generation.store(current, std::memory_order_relaxed);
    is_over.store(false, std::memory_order_relaxed);
    next = idle;
  } catch (const std::exception& error) {
    sink::report(error.what());
  }
  owner.store(next, std::memory_order_release);
}

void disarm() {
  if (owner.load(std::memory_order_acquire) == unarmed || !begin_change()) return;
  drop_reserve();
  owner.store(unarmed, std::memory_order_release);
}

bool is_ours(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == on_signal;
}

void put_in_force(Disposition& disposition) {
  struct sigaction present {};
  sigaction(disposition.signal, nullptr, &present);
  if (is_ours(present)) return;
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  // A fault in the handler must come back to it, and nothing else may come between.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigfillset(&action.sa_mask);
  for (const int signal : fatal_signals) sigdelset(&action.sa_mask, signal);
  disposition.former = present;
  disposition.passed_on.store(0);
  sigaction(disposition.signal, &action, nullptr);
}

void restore(Disposition& disposition) {
  struct sigaction present {};
  sigaction(disposition.signal, nullptr, &present);
  if (is_ours(present)) sigaction(disposition.signal, &disposition.former, nullptr);
}

void attach_thread() noexcept {
  if (!is_wanted.load(std::memory_order_acquire)) return;
  give_signal_stack();
  arm();
}

constexpr drain::Hooks hooks{attach_thread, take_signal_stack, uninstall};

}  // namespace

void install() noexcept {
  drain::hooks.store(&hooks, std::memory_order_release);
  give_signal_stack();
  arm();
  // Whoever was put on top since the last time has these as its former handlers.
  if (is_wanted.exchange(true, std::memory_order_acq_rel)) return;
  for (std::size_t i = 0; i < dispositions.size(); ++i) {
    dispositions[i].signal = fatal_signals[i];
    put_in_force(dispositions[i]);
  }
  const std::terminate_handler present = std::get_terminate();
  if (present != on_terminate) {
    former_terminate = present;
    std::set_terminate(on_terminate);
  }
}

void uninstall() noexcept {
  if (!is_wanted.exchange(false, std::memory_order_acq_rel)) return;
  for (Disposition& disposition : dispositions) restore(disposition);
  if (std::get_terminate() == on_terminate) std::set_terminate(former_terminate);
  disarm();
}

}  // namespace xylem::fatal
