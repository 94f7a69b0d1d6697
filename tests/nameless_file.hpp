#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <sys/stat.h>

namespace nameless_file {

/// What this process' open files take that were made without a name, as the crash file is.
inline long kib() {
  long blocks = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    struct stat status {};
    if (target.find("/#") == std::string::npos || ::stat(entry.path().c_str(), &status) != 0) {
      continue;
    }
    blocks += status.st_blocks;
  }
  return blocks / 2;
}

}  // namespace nameless_file
