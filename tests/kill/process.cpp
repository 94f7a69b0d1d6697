#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kill_test {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

namespace {

/// Both are O_CLOEXEC here, and far from the numbers that they get in the program.
pid_t start(const Launch& launch, int errors) {
  std::vector<std::string> command = launch.command;
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  if (launch.inherited >= 0) {
    posix_spawn_file_actions_adddup2(&actions, launch.inherited, journal_fd);
    posix_spawn_file_actions_adddup2(&actions, launch.event, event_fd);
  }
  posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot run " + command[0]);
  return pid;
}

}  // namespace

std::array<int, 2> Process::make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe to be had");
  return ends;
}

Process::Process(const Launch& launch, std::array<int, 2> pipe)
    : event_{launch.event}, reader_{pipe[0]} {
  const Descriptor writer{pipe[1]};
  ::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(reader_.get(), F_SETPIPE_SZ, launch.pipe_bytes);
  pid_ = start(launch, writer.get());
}

Process::~Process() {
  end();
}

bool Process::take_errors() {
  std::array<char, 65536> text;
  while (true) {
    const ssize_t bytes = ::read(reader_.get(), text.data(), text.size());
    if (bytes > 0) {
      errors_.append(text.data(), static_cast<std::size_t>(bytes));
    } else {
      return bytes < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }
}

Process::Woken Process::wait(Clock::time_point until, bool reads) {
  while (true) {
    const auto left = std::max(until - Clock::now(), Clock::duration::zero());
    const auto left_ns = std::chrono::nanoseconds{left}.count();
    const timespec timeout{left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    // Without POLLIN the end is still seen, as POLLHUP.
    std::array<pollfd, 2> polled = {
        {{reader_.get(), static_cast<short>(reads ? POLLIN : 0), 0}, {event_, POLLIN, 0}}};
    const int ready = ::ppoll(polled.data(), polled.size(), &timeout, nullptr);
    if (ready == 0) return Woken::by_time;
    if ((polled[0].revents & POLLIN) != 0 && !take_errors()) return Woken::by_end;
    if ((polled[0].revents & (POLLHUP | POLLIN)) == POLLHUP) return Woken::by_end;
    if (polled[1].revents != 0) {
      std::uint64_t events = 0;
      static_cast<void>(::read(event_, &events, sizeof events));
      return Woken::by_event;
    }
  }
}

int Process::end() {
  if (pid_ == 0) return status_;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  take_errors();
  return status_;
}

}  // namespace kill_test
