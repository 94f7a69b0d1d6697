#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

#include "journal.hpp"

namespace kill_test {

using Clock = std::chrono::steady_clock;

/// A descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_{fd} {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Launch {
  std::vector<std::string> command;
  std::string directory;
  int inherited = -1;  // becomes descriptor 3 in the program; -1: none
  int event = -1;      // descriptor 4
  /// What the pipe at its stderr holds, unless the system has it otherwise.
  int pipe_bytes = 1 << 20;
};

/// A program that runs; killed at the end of this object's life at the latest.
class Process {
 public:
  /// @throws std::runtime_error when it cannot be started
  explicit Process(const Launch& launch) : Process{launch, make_pipe()} {}
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  enum class Woken { by_end, by_event, by_time };

  /// Waits and takes what the program writes to stderr; if `reads` is false, its pipe may fill up.
  Woken wait(Clock::time_point until, bool reads = true);

  /// Kills it unless it has ended, and takes the rest of what it wrote. The status of waitpid(2).
  int end();

  pid_t pid() const { return pid_; }
  const std::string& errors() const { return errors_; }

 private:
  Process(const Launch& launch, std::array<int, 2> pipe);
  static std::array<int, 2> make_pipe();

  /// False at the end.
  bool take_errors();

  pid_t pid_ = 0;  // 0: waited for
  int status_ = 0;
  int event_;
  Descriptor reader_;
  std::string errors_;
};

}  // namespace kill_test
