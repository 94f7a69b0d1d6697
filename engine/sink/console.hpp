#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sink/line_buffer.hpp"
#include "sink/posix_file.hpp"

namespace xylem::sink {

/// Whether a write to the descriptor may have to wait for somebody who reads: a pipe, a socket, a
/// terminal. False for what is not open.
bool may_block(int fd);

/// Writes what the descriptor takes at once, PIPE_BUF bytes at most; EAGAIN when it takes nothing.
/// The flags of the descriptor, which other processes share, stay as they are: the kernel is asked
/// not to wait (RWF_NOWAIT) or, where it cannot promise that, whether there is room. Then only
/// another writer who takes that room, or a terminal that has less than poll(2) says, makes it
/// wait.
WriteResult write_at_once(int fd, const char* data, std::size_t bytes);

/// A descriptor that may take no lines for a long time. Up to PIPE_BUF bytes go with one write(2),
/// whole lines where they fit, so that lines of several processes on one pipe do not mix.
///
/// While a line stands half written on stderr, reports wait (report.hpp).
///
/// Thread-safety: one thread writes, another may interrupt() and look at progress().
class Console {
 public:
  explicit Console(int fd) : fd_(fd) {}
  virtual ~Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  enum class Wait {
    no,
    until_interrupted,
    in_kernel,  // what may not block, with one write(2)
  };

  /// Writes the oldest lines and takes them. 0 when all are gone, else the errno that stopped it;
  /// EAGAIN when it must not wait any longer.
  virtual int write(LineBuffer& lines, Wait wait);

  /// Ends a write() that waits, and those to come, until it is taken back.
  void interrupt(bool on) { is_interrupted_.store(on, std::memory_order_relaxed); }

  /// Changes when something has been written.
  std::uint64_t progress() const { return written_.load(std::memory_order_relaxed); }

  /// How many lines have been written whole, counted on from the number given while nothing was
  /// under way.
  std::uint64_t lines_taken() const { return lines_taken_.load(std::memory_order_relaxed); }
  void count_lines_from(std::uint64_t number) {
    lines_taken_.store(number, std::memory_order_relaxed);
  }

  /// The rest of a half-written line will never come.
  void give_up_line() { hold_reports_while(false); }

  /// In the child of a fork, where nobody writes.
  virtual void forget() { holds_reports_ = false; }

 protected:
  bool is_interrupted() const { return is_interrupted_.load(std::memory_order_relaxed); }

  /// So many bytes have been written, and with them the last of so many lines.
  void moved(std::size_t bytes, std::size_t lines) {
    lines_taken_.fetch_add(lines, std::memory_order_relaxed);
    written_.fetch_add(bytes, std::memory_order_relaxed);
  }

 private:
  WriteResult write_some(const LineBuffer& lines, Wait wait);
  void hold_reports_while(bool is_torn);

  int fd_;
  bool holds_reports_ = false;
  std::atomic<bool> is_interrupted_{false};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> lines_taken_{0};
};

}  // namespace xylem::sink
