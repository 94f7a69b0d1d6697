#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xylem::recover {

/// A directory of crash files, which only this user may write to.
class Directory {
 public:
  /// @throws std::system_error; a directory that is not there is empty
  explicit Directory(const std::string& path);
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// Those whose names are names of crash files.
  std::vector<std::string> names() const;
  const std::string& path() const { return path_; }
  int descriptor() const { return fd_; }

 private:
  std::string path_;
  int fd_ = -1;
};

/// The crash file of a dead process, locked: no other process recovers it meanwhile. The lock is
/// this process': threads must not claim at the same time.
class Claim {
 public:
  /// Null for what is no crash file, belongs to a process that lives, or is claimed or gone.
  /// @param to_write false: the file is opened for reading only
  static std::unique_ptr<Claim> take(const Directory& directory, const std::string& name,
                                     bool to_write);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  int descriptor() const { return fd_; }
  const std::string& name() const { return name_; }

  /// Notes in the file that a sink has got everything.
  void mark_written(std::size_t sink_entry);

  /// Notes in the file that all of an engine's is where it belongs. `entry` is that of the engine
  /// in the header; none: it has no configuration, and gets a free entry, if there is one.
  void mark_recovered(std::uint32_t engine, std::optional<std::size_t> entry);

  /// False: it is still there, and why is in errno.
  bool remove();

 private:
  Claim(const Directory& directory, std::string name, int fd)
      : directory_{directory}, name_{std::move(name)}, fd_{fd} {}

  const Directory& directory_;
  std::string name_;
  int fd_;
};

}  // namespace xylem::recover
