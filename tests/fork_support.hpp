#pragma once

// What the tests of fork(2) share.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink_support.hpp"

namespace fork_test {

// ThreadSanitizer ends a child that starts a thread; AddressSanitizer leaves it the locks of its
// allocator as another thread had them (until LLVM 17).
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool can_fork = false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr bool can_fork = false;
#else
inline constexpr bool can_fork = true;
#endif
#else
inline constexpr bool can_fork = true;
#endif

/// The engine's settings: children that end by _exit() leave their crash files in the test's own
/// directory, not where they would stay for ever.
inline std::string crash_in(const sink_test::TempDir& dir, const std::string& ring = {}) {
  return R"({"ring": {"crash_dir": ")" + (dir / "crash") + '"' + (ring.empty() ? "" : ", " + ring) +
         "}}";
}

/// Waits for the end of a child, whatever signals come.
inline int status_of(pid_t child) {
  int status = -1;
  while (::waitpid(child, &status, 0) != child) REQUIRE(errno == EINTR);
  return status;
}

/// Runs `work` in a child that ends as main() ends. Returns its exit status.
template <typename F>
int in_child(F&& work) {
  std::fflush(nullptr);  // or the child would write what the parent's streams hold
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::exit(0);
  }
  return status_of(child);
}

/// What the descriptors of this process refer to, in ascending order of the descriptors.
inline std::vector<std::string> open_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    const auto file = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone) files.push_back(file.string());
  }
  return files;
}

}  // namespace fork_test
