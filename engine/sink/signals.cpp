#include "sink/signals.hpp"

#include <ctime>
#include <initializer_list>

namespace xylem::sink {

namespace {

constinit thread_local bool t_is_engine_thread = false;

sigset_t write_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  sigaddset(&set, SIGXFSZ);
  return set;
}

}  // namespace

void block_write_signals() noexcept {
  const sigset_t set = write_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool is_engine_thread() noexcept {
  return t_is_engine_thread;
}

void block_signals() noexcept {
  sigset_t set;
  sigfillset(&set);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
    sigdelset(&set, fault);
  }
  pthread_sigmask(SIG_SETMASK, &set, nullptr);
  t_is_engine_thread = true;
}

WriteSignalGuard::WriteSignalGuard() noexcept {
  const sigset_t set = write_signals();
  sigpending(&pending_before_);
  pthread_sigmask(SIG_BLOCK, &set, &former_mask_);
}

WriteSignalGuard::~WriteSignalGuard() {
  sigset_t raised_here = write_signals();
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    if (sigismember(&pending_before_, signal) == 1) sigdelset(&raised_here, signal);
  }
  const timespec at_once{};
  while (sigtimedwait(&raised_here, nullptr, &at_once) > 0) continue;
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

}  // namespace xylem::sink
