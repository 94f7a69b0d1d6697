#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace xylem::recover {

/// The bytes of a file from some place on, some at a time.
class FileWindow {
 public:
  /// Reads on, up to so many bytes; 0 at the end.
  using Read = std::function<std::size_t(char* into, std::size_t bytes)>;

  FileWindow(int fd, std::uint64_t from);
  explicit FileWindow(Read read) : read_{std::move(read)} {}

  /// What follows the position: `bytes` or more, less only at the end of the file, or where it
  /// cannot be read.
  std::string_view peek(std::size_t bytes);
  void skip(std::size_t bytes);

  /// In the file.
  std::uint64_t position() const { return position_; }

 private:
  Read read_;
  std::uint64_t position_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is not skipped, in the buffer
};

/// Counts where in a file some lines stand whole, among lines of other processes. A line may have
/// several '\n' in it, or none, but is looked for only at the begin of what is searched, behind a
/// '\n' and behind another of the lines.
class LineSearch {
 public:
  /// The texts outlive the search; equal ones are one.
  explicit LineSearch(const std::vector<std::string_view>& lines);

  /// Searches from `from` to the end of the file. Returns where the last line found ends, or
  /// `from`.
  std::uint64_t scan(int fd, std::uint64_t from) { return scan(FileWindow{fd, from}); }
  std::uint64_t scan(FileWindow window);

  /// How many have been found, less those taken.
  std::uint64_t count(std::string_view line) const;
  /// One that was found is accounted for.
  void take(std::string_view line);

  std::size_t longest() const { return longest_; }

 private:
  std::string_view find_at(std::string_view text, std::size_t newline) const;

  std::unordered_map<std::string_view, std::uint64_t> counts_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> by_first_;  // longest first
  std::vector<std::size_t> open_sizes_;  // of lines without '\n' at the end, longest first
  std::size_t longest_ = 0;
};

}  // namespace xylem::recover
