#pragma once

#include <csignal>

namespace xylem::sink {

/// Blocks SIGPIPE and SIGXFSZ in the calling thread for good, so that a closed pipe and a file size
/// limit are errors of write(2) and not the end of the program. The consumer thread calls it first.
void block_write_signals() noexcept;

/// Blocks all signals in the calling thread but those of faults: a thread of the engine's own takes
/// none that are sent to the process. One left open would take what a program has blocked
/// everywhere else, to wait for it by sigwait(3) or signalfd(2), and run handlers that may log.
void block_signals() noexcept;

/// Whether the calling thread is one of the engine's own: it has called block_signals(). For signal
/// handlers.
bool is_engine_thread() noexcept;

/// block_write_signals() for a scope, for threads that belong to the program: a signal that came
/// meanwhile is taken away, one that was pending before stays.
class WriteSignalGuard {
 public:
  WriteSignalGuard() noexcept;
  ~WriteSignalGuard();
  WriteSignalGuard(const WriteSignalGuard&) = delete;
  WriteSignalGuard& operator=(const WriteSignalGuard&) = delete;

 private:
  sigset_t former_mask_;
  sigset_t pending_before_;
};

}  // namespace xylem::sink
