#include "side_shows.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <random>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "../kill/files.hpp"
#include "faults.hpp"
#include "speakers.hpp"

namespace soak {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t records_of_a_child = 20;

/// The status of waitpid(2); a child that hangs is killed.
int wait_for(pid_t child) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(1ms);
  }
  return status;
}

bool ended_well(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Forker::Forker(std::string config, std::string directory, std::uint64_t seed)
    : config_{std::move(config)}, directory_{std::move(directory)}, seed_{seed}, thread_{[this] {
        run();
      }} {}

void Forker::stop() {
  stops_ = true;
  if (thread_.joinable()) thread_.join();
}

void Forker::run() {
  std::mt19937_64 random{seed_};
  while (!stops_) {
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 100'000});
    const bool went_well = random() % 4 == 0 ? child_runs_a_program() : child_logs();
    ++forks_;
    if (!went_well) ++wrong_;
  }
}

bool Forker::child_logs() {
  const std::string file = directory_ + "/child.jsonl";
  std::string config = config_;
  config.replace(config.find('@'), 1, file);
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    lift_limits();
    try {
      xylem::configure(config);
    } catch (const xylem::ConfigError&) {
      ::_exit(1);
    }
    for (std::uint64_t number = 1; number <= records_of_a_child; ++number) log_record(0, number);
    xylem::shutdown();
    ::_exit(0);
  }
  if (!ended_well(wait_for(child))) return false;
  Output output{"a child", [](Kind) { return true; }};
  // While the parent has no descriptor left, it cannot look.
  for (int attempt = 0; attempt < 1000; ++attempt) {
    try {
      output.take_files(file);
      break;
    } catch (const std::exception&) {
      std::this_thread::sleep_for(10ms);
    }
  }
  return output.wrong() == 0 && output.lines() == records_of_a_child &&
         count_missing({&output}) == 0;
}

bool Forker::child_runs_a_program() {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    lift_limits();
    ::execl("/bin/true", "true", nullptr);
    ::_exit(1);
  }
  return ended_well(wait_for(child));
}

Console::Console(Output& output, std::uint64_t seed) : output_{output} {
  std::array<int, 2> ends{};
  former_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (former_ < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  reader_ = ends[0];
  ::dup2(ends[1], STDOUT_FILENO);
  ::close(ends[1]);
  thread_ = std::thread{[this, seed] { run(seed); }};
}

void Console::finish() {
  if (!thread_.joinable()) return;
  hurries_ = true;
  ::dup2(former_, STDOUT_FILENO);
  thread_.join();
  ::close(former_);
  ::close(reader_);
}

void Console::run(std::uint64_t seed) {
  constexpr std::size_t block = 4096;
  std::mt19937_64 random{seed};
  std::string text;
  while (true) {
    text.reserve(text.size() + block + simdjson::SIMDJSON_PADDING);
    const std::size_t before = text.size();
    text.resize(before + block);
    const ssize_t bytes = ::read(reader_, text.data() + before, block);
    text.resize(before + (bytes > 0 ? static_cast<std::size_t>(bytes) : 0));
    if (bytes == 0) break;
    const std::size_t end = text.rfind('\n') + 1;
    output_.read(std::string_view{text}.substr(0, end));
    text.erase(0, end);
    if (!hurries_ && random() % 200 == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds{random() % 300});
    }
  }
  output_.read(text);
}

Reports::Reports(std::string file)
    : file_{std::move(file)}, former_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)} {
  const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (former_ < 0 || fd < 0) throw std::runtime_error("no file for what the engine reports");
  ::dup2(fd, STDERR_FILENO);
  ::close(fd);
}

void Reports::finish() {
  if (former_ < 0) return;
  ::dup2(former_, STDERR_FILENO);
  ::close(former_);
  former_ = -1;
}

std::string Reports::tail() const {
  constexpr std::size_t most_bytes = 5000;
  const std::string text = kill_test::read_whole(file_);
  return text.substr(text.size() - std::min(text.size(), most_bytes));
}

}  // namespace soak
