#pragma once

// Running a program of the build as a child and seeing what became of it, for tests in which a
// whole process' life matters.

#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink_support.hpp"

namespace child_test {

/// What became of a child process.
struct Outcome {
  int exit_status = -1;  // -1: a signal ended it
  std::string errors;    // its stderr
  double cpu_seconds = 0;
};

/// Runs a program of the build directory with these arguments and waits for its end.
inline Outcome run_child(const std::string& program, std::vector<std::string> arguments) {
  const sink_test::TempDir dir;
  const std::string errors = dir / "stderr";
  arguments.insert(arguments.begin(), std::string{XYLEM_BUILD_ROOT} + "/tests/" + program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string{"cannot run "} + argv[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, sink_test::read_file(errors),
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

}  // namespace child_test
