#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kill_test {

/// The files of a rotation, oldest first: path.N ... path.1, path.
std::vector<std::string> files_of(const std::string& path);

/// A whole file, with room behind it for a parser that reads on.
/// @throws std::runtime_error
std::string read_whole(const std::string& path);

/// Counts the whole lines of a growing rotation, each byte once.
class LineCounter {
 public:
  explicit LineCounter(std::string path) : path_{std::move(path)} {}

  /// Lines so far.
  std::uint64_t count();

 private:
  std::string path_;
  std::map<std::uint64_t, std::uint64_t> ends_;  // by inode: of the last line counted
  std::uint64_t lines_ = 0;
};

}  // namespace kill_test
