#include "recover/claim.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash/file.hpp"
#include "recover/leftover.hpp"

namespace xylem::recover {
namespace {

constexpr std::string_view ending = ".xylem";

bool is_candidate(const struct stat& status) {
  return S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
         !crash::is_own(status.st_dev, status.st_ino);
}

bool lock(int fd, bool to_write) {
  struct flock lock {};
  lock.l_type = to_write ? F_WRLCK : F_RDLCK;
  return fcntl(fd, F_SETLK, &lock) == 0;
}

}  // namespace

Directory::Directory(const std::string& path) : path_{path} {
  fd_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd_ < 0 && errno != ENOENT) throw std::system_error{errno, std::generic_category(), path};
  struct stat status {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) return;
  // Who else may write there may have put a file in it that is not of this user's processes.
  if (status.st_uid == geteuid() && (status.st_mode & 022) == 0) return;
  close(fd_);
  throw std::system_error{EPERM, std::generic_category(), path + ": not private to this user"};
}

Directory::~Directory() {
  if (fd_ >= 0) close(fd_);
}

std::vector<std::string> Directory::names() const {
  std::vector<std::string> names;
  const int fd = fd_ < 0 ? -1 : openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = fd < 0 ? nullptr : fdopendir(fd);
  if (stream == nullptr) {
    if (fd >= 0) close(fd);
    return names;
  }
  while (const dirent* const entry = readdir(stream)) {
    if (std::string_view{entry->d_name}.ends_with(ending)) names.emplace_back(entry->d_name);
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

std::unique_ptr<Claim> Claim::take(const Directory& directory, const std::string& name,
                                   bool to_write) {
  // Looked at before it is opened: to close a file of this process would end its lock, and to open
  // something else may do anything.
  struct stat before {};
  const int at = directory.descriptor();
  if (fstatat(at, name.c_str(), &before, AT_SYMLINK_NOFOLLOW) != 0) return nullptr;
  if (!is_candidate(before)) return nullptr;
  const int access = to_write ? O_RDWR : O_RDONLY;
  const int fd = openat(at, name.c_str(), access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  std::unique_ptr<Claim> claim{new Claim{directory, name, fd}};
  if (!lock(fd, to_write)) return nullptr;
  // After the lock: whoever had it before may have recovered and removed the file.
  struct stat after {};
  const bool is_same = fstat(fd, &after) == 0 && after.st_dev == before.st_dev &&
                       after.st_ino == before.st_ino && after.st_nlink > 0;
  return is_same ? std::move(claim) : nullptr;
}

Claim::~Claim() {
  close(fd_);
}

void Claim::mark_written(std::size_t sink_entry) {
  const std::size_t at = offsetof(crash::Fixed, sinks) + sink_entry * sizeof(crash::SinkEntry) +
                         offsetof(crash::SinkEntry, written);
  // Should it fail, what stands in the file still tells what was written.
  static_cast<void>(!pwrite(fd_, &all_written, sizeof all_written, static_cast<off_t>(at)));
}

void Claim::mark_recovered(std::uint32_t engine, std::optional<std::size_t> entry) {
  using crash::EngineEntry;
  constexpr std::size_t entries_at =
      offsetof(crash::Fixed, header) + offsetof(crash::Header, engines);
  const auto place = [](std::size_t i, std::size_t member) {
    return static_cast<off_t>(entries_at + i * sizeof(EngineEntry) + member);
  };
  constexpr std::uint32_t yes = 1;
  std::uint32_t number = 0;
  for (std::size_t i = 1; !entry && i < crash::max_engines; ++i) {
    const off_t at = place(i, offsetof(EngineEntry, number));
    if (pread(fd_, &number, sizeof number, at) != sizeof number) return;
    if (number != 0) continue;
    // The mark comes first: a number without it would be that of a part that nobody ever recovers.
    static_cast<void>(!pwrite(fd_, &yes, sizeof yes, place(i, offsetof(EngineEntry, recovered))));
    static_cast<void>(!pwrite(fd_, &engine, sizeof engine, at));
    return;
  }
  // Should it fail, what stands in the files still tells what was written.
  if (entry) {
    static_cast<void>(
        !pwrite(fd_, &yes, sizeof yes, place(*entry, offsetof(EngineEntry, recovered))));
  }
}

bool Claim::remove() {
  return unlinkat(directory_.descriptor(), name_.c_str(), 0) == 0;
}

}  // namespace xylem::recover
