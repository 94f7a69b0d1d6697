#pragma once

/// A program that ends by SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT or std::terminate says so in its
/// log first: one CRITICAL record of the logger "xylem" with what happened, where and on which
/// thread. The consumer then has up to two seconds to write what all threads have logged. After
/// that the former handler gets the signal, as if there had been none in between, so exit status
/// and core dump are the program's own.
///
///     on_signal()  claim ── the record ── wait ── former disposition, the signal once more, return
///                  not the first thread: wait for the first one ┘
///
/// One record a process. A second fault of the same thread goes to the former handler at once,
/// except in what is expected to fault: reading a stack that the crash may have broken (guard.hpp).
namespace xylem::fatal {

/// Puts the handlers in force, or brings what they need up to date; for the engine of the process,
/// which runs. Any thread.
void install() noexcept;

/// Restores the former handlers, unless others were installed on top of these: then these only pass
/// signals on. Any thread.
void uninstall() noexcept;

}  // namespace xylem::fatal
