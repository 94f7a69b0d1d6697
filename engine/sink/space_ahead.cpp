#include "sink/space_ahead.hpp"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace xylem::sink {
namespace {

/// A log that has not grown by this much since it was opened is not in a hurry.
constexpr std::uint64_t first_bytes = std::uint64_t{1} << 20;
constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
constexpr std::uint64_t block_bytes = 512;  // the unit of st_blocks

bool is_memory_file_system(int fd) {
  struct statfs system;
  return ::fstatfs(fd, &system) != 0 || system.f_type == TMPFS_MAGIC ||
         system.f_type == RAMFS_MAGIC;
}

/// While it holds, no other open file can be appending: a lease is had only on a file that nobody
/// else has open, and who opens it then waits for its end (fcntl(2), F_SETLEASE). It cannot see
/// that this very descriptor has been inherited.
class SoleUser {
 public:
  explicit SoleUser(int fd) : fd_{fd} {
    // The kernel tells of who waits by a signal: SIGIO, unless asked for another, ends a program
    // that does not expect it. SIGURG is ignored.
    ::fcntl(fd, F_SETSIG, SIGURG);
    holds_ = ::fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
  }
  ~SoleUser() {
    if (holds_) ::fcntl(fd_, F_SETLEASE, F_UNLCK);
    ::fcntl(fd_, F_SETSIG, 0);
  }
  SoleUser(const SoleUser&) = delete;
  SoleUser& operator=(const SoleUser&) = delete;

  bool holds() const { return holds_; }

 private:
  int fd_;
  bool holds_;
};

/// Cuts the file at its end, where there is something to gain.
void give_back(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (static_cast<std::uint64_t>(status.st_blocks) * block_bytes < size + first_bytes) return;
  const SoleUser user{fd};
  // The size once more: another's line would be cut off with the rest.
  if (!user.holds() || ::fstat(fd, &status) != 0 || ::ftruncate(fd, status.st_size) != 0) return;
  // When a file was written last tells when it is to be rolled.
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, status.st_mtim};
  ::futimens(fd, times);
}

}  // namespace

void SpaceAhead::begin(int fd) {
  *this = {};
  struct stat status;
  const bool is_regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  if (!is_regular || is_memory_file_system(fd)) return;
  next_ = first_bytes;
  give_back(fd);
}

void SpaceAhead::allocate(int fd) {
  const off_t end = ::lseek(fd, 0, SEEK_CUR);
  const std::uint64_t bytes = std::min(appended_, most_bytes);
  if (end < 0 || ::fallocate(fd, FALLOC_FL_KEEP_SIZE, end, static_cast<off_t>(bytes)) != 0) {
    next_ = never;
    return;
  }
  allocated_end_ = static_cast<std::uint64_t>(end) + bytes;
  // A little early, so that no write begins in what is allocated and ends beyond it.
  next_ = appended_ + bytes - bytes / 4;
}

void SpaceAhead::finish(int fd) {
  const off_t end = ::lseek(fd, 0, SEEK_CUR);
  const bool has_rest = end >= 0 && static_cast<std::uint64_t>(end) < allocated_end_;
  if (has_rest && !is_shared_) give_back(fd);
  *this = {};
}

}  // namespace xylem::sink
