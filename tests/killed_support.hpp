#pragma once

// What the tests share that kill a program which logs.

#include <csignal>
#include <functional>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink/posix_file.hpp"
#include "tool_support.hpp"

namespace killed_test {

using tool_test::WorkDir;

inline bool wait_for(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    ::usleep(5000);
  }
  return false;
}

/// `xylem pipe` under app.json, fed line by line; its stderr goes to the file err.
class Pipe {
 public:
  /// `output`: a descriptor for its stdout; -1: that of the test.
  explicit Pipe(const WorkDir& work, int output = -1) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const std::string program = std::string{XYLEM_BUILD_ROOT} + "/tools/xylem";
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[0], 0);
      if (output >= 0) ::dup2(output, 1);
      ::dup2(::open((work / "err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 2);
      if (::chdir(work.path().c_str()) == 0) {
        ::execl(program.c_str(), program.c_str(), "pipe", "--config", "app.json", nullptr);
      }
      ::_exit(127);
    }
    ::close(ends[0]);
    to_ = ends[1];
  }
  ~Pipe() { kill(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void feed(const std::string& text) {
    REQUIRE(xylem::sink::write_fully(to_, text.data(), text.size()).error == 0);
  }

  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(std::exchange(child_, 0), nullptr, 0);
    ::close(to_);
  }

 private:
  pid_t child_ = 0;
  int to_ = -1;
};

}  // namespace killed_test
