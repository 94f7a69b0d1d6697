#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "crash/layout.hpp"
#include "sink/space_ahead.hpp"

namespace xylem::sink {

/// Python's repr of a string, but for code points beyond ASCII, which stay as they are.
std::string quoted(std::string_view text);

/// "[Errno 2] No such file or directory: '/a/b'", as CPython words it (the path in repr quotes).
std::string error_text(int error, std::string_view path);

/// The same for an operation on two paths: "...: '/a' -> '/b'".
std::string error_text(int error, std::string_view from, std::string_view to);

/// A file that could not be opened; what() is error_text().
class FileError : public std::runtime_error {
 public:
  FileError(int error, std::string_view path);

  /// The errno.
  int error() const { return error_; }

 private:
  int error_;
};

/// Python's os.path.abspath: relative to the working directory, then normalised lexically ("..",
/// ".", doubled slashes), symbolic links left alone. Throws FileError when there is no working
/// directory, std::invalid_argument for a NUL inside the path.
std::string absolute_path(std::string_view path);

struct WriteResult {
  std::size_t bytes;
  int error;  // errno, 0 when everything was written
};

/// write(2) until all is written or an error other than EINTR stops it.
WriteResult write_fully(int fd, const char* data, std::size_t bytes);

enum class OpenMode { append, truncate };

/// An owned descriptor of a file that is appended to; every system call on log files is in here.
/// Nothing throws; errors are errno values, 0 is success. Not thread-safe.
class PosixFile {
 public:
  PosixFile() = default;
  ~PosixFile() { close(); }
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&& other) noexcept;

  /// Creates the file if need be (mode 0666 and the umask), O_APPEND and O_CLOEXEC. What was open
  /// before is closed only when this succeeded.
  int open(const std::string& path, OpenMode mode);

  int close();
  bool is_open() const { return fd_ >= 0; }
  int descriptor() const { return fd_; }

  /// The process is about to fork.
  void share() { ahead_.share(); }

  WriteResult write(const char* data, std::size_t bytes) {
    const WriteResult result = write_fully(fd_, data, bytes);
    ahead_.appended(fd_, result.bytes);
    return result;
  }

  /// Where the last write ended (another process may append too); 0 right after opening an empty
  /// file, and for what has no position.
  std::uint64_t position() const;

  /// The file and position(); inode 0 for what is no regular file.
  crash::SinkEntry::Place place() const;

  /// Whether `path` names this file.
  bool is_at(const std::string& path) const;

  /// After another descriptor has appended: what comes from here on stands behind that.
  void go_to_end();

  /// Whether this is a file that no directory has any more: what is written to it is lost.
  bool is_deleted() const;

  /// Whether `path` leads to another file, or to none.
  bool has_moved_from(const std::string& path) const;

  bool is_same_file(const PosixFile& other) const {
    return identity_.device == other.identity_.device && identity_.inode == other.identity_.inode;
  }

  /// Cuts the last `bytes` bytes off a regular file, unless another writer has appended since.
  int cut(std::size_t bytes);

 private:
  int fd_ = -1;
  crash::SinkEntry::Place identity_{};
  SpaceAhead ahead_;
};

/// rename(2). That `from` is missing is no error: there is nothing to move.
int move_file(const std::string& from, const std::string& to);

/// The numbers N, 1 to `most`, for which there is a file `path`.N, in descending order. After an
/// error there may be more.
int numbered_files(const std::string& path, int most, std::vector<int>& numbers);

/// What tells a regular file from all others, whatever it is called, with offset 0. Inode 0 for
/// what is no regular file.
crash::SinkEntry::Place identify(int fd);
crash::SinkEntry::Place identify(const std::string& path);

/// Whether `path` is a regular file (symbolic links followed) or is not there at all.
bool is_regular_or_absent(const std::string& path);

}  // namespace xylem::sink
