#pragma once

// What tests share that need file systems of their own.

#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink_support.hpp"

namespace mount_test {

inline constexpr int no_namespaces = 77;

/// Runs `work` in a child that may mount what it likes, seen by nobody else. Its complaint, empty
/// when all was well; nothing to be had where the kernel does not allow it.
inline std::string with_own_mounts(const std::function<std::string()>& work) {
  sink_test::Pipe answer;
  const pid_t child = ::fork();
  if (child == 0) {
    const bool may_mount =
        (::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (!may_mount) ::_exit(no_namespaces);
    const std::string text = work();
    const bool sent = ::write(answer.writer(), text.data(), text.size()) >= 0;
    ::_exit(sent ? 0 : 1);
  }
  answer.close_writer();
  std::string text = answer.read_all();
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == no_namespaces) {
    MESSAGE("not tested: no mount namespace to be had here");
    return {};
  }
  CHECK(status == 0);
  return text;
}

}  // namespace mount_test
