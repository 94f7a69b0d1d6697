#include "crash_point.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace kill_test {
namespace {

using Moment = Doom::Moment;

Doom doom{};
/// Calls left before the fatal one; below 0: not counting, or over.
std::atomic<std::int64_t> calls_left{-1};

[[noreturn]] void die() {
  switch (doom.way) {
    case Doom::Way::exit:
      ::_exit(exit_on_purpose);
    case Doom::Way::abort:
      std::abort();
    case Doom::Way::fault:
      ::raise(SIGSEGV);
      break;
    case Doom::Way::kill:
      ::kill(::getpid(), SIGKILL);
      break;
  }
  while (true) ::pause();
}

/// What is to happen to the call that is being made.
Moment moment_of_this_call() {
  if (calls_left.load(std::memory_order_relaxed) < 0) return Moment::never;
  return calls_left.fetch_sub(1, std::memory_order_relaxed) == 0 ? doom.moment : Moment::never;
}

template <typename Call>
auto around(Call&& call) {
  const Moment moment = moment_of_this_call();
  if (moment == Moment::before || moment == Moment::amid) die();
  const auto result = call();
  if (moment == Moment::after) die();
  return result;
}

}  // namespace

void enter_phase(Journal& journal, Phase phase) {
  doom = journal.orders.doom;
  if (doom.moment != Moment::never && doom.counts_from == phase) {
    calls_left.store(doom.call, std::memory_order_relaxed);
  }
  journal.phase.store(phase, std::memory_order_release);
}

}  // namespace kill_test

using kill_test::around;

// The linker's names for a function that is wrapped, and for the original.
extern "C" {

ssize_t __real_write(int fd, const void* bytes, size_t count);
ssize_t __wrap_write(int fd, const void* bytes, size_t count) {
  const auto moment = kill_test::moment_of_this_call();
  if (moment == kill_test::Moment::before) kill_test::die();
  if (moment == kill_test::Moment::amid) {
    static_cast<void>(__real_write(fd, bytes, count / 2));
    kill_test::die();
  }
  const ssize_t written = __real_write(fd, bytes, count);
  if (moment == kill_test::Moment::after) kill_test::die();
  return written;
}

int __real_rename(const char* from, const char* to);
int __wrap_rename(const char* from, const char* to) {
  return around([&] { return __real_rename(from, to); });
}

int __real_unlink(const char* path);
int __wrap_unlink(const char* path) {
  return around([&] { return __real_unlink(path); });
}

int __real_unlinkat(int directory, const char* path, int flags);
int __wrap_unlinkat(int directory, const char* path, int flags) {
  return around([&] { return __real_unlinkat(directory, path, flags); });
}

int __real_linkat(int from_directory, const char* from, int to_directory, const char* to,
                  int flags);
int __wrap_linkat(int from_directory, const char* from, int to_directory, const char* to,
                  int flags) {
  return around([&] { return __real_linkat(from_directory, from, to_directory, to, flags); });
}

int __real_ftruncate64(int fd, off_t bytes);
int __wrap_ftruncate64(int fd, off_t bytes) {
  return around([&] { return __real_ftruncate64(fd, bytes); });
}

int __real_fallocate64(int fd, int mode, off_t offset, off_t bytes);
int __wrap_fallocate64(int fd, int mode, off_t offset, off_t bytes) {
  return around([&] { return __real_fallocate64(fd, mode, offset, bytes); });
}

int __real_posix_fallocate64(int fd, off_t offset, off_t bytes);
int __wrap_posix_fallocate64(int fd, off_t offset, off_t bytes) {
  return around([&] { return __real_posix_fallocate64(fd, offset, bytes); });
}

int __real_open64(const char* path, int flags, mode_t mode);
int __wrap_open64(const char* path, int flags, mode_t mode) {
  return around([&] { return __real_open64(path, flags, mode); });
}

int __real_openat64(int directory, const char* path, int flags, mode_t mode);
int __wrap_openat64(int directory, const char* path, int flags, mode_t mode) {
  return around([&] { return __real_openat64(directory, path, flags, mode); });
}
}
