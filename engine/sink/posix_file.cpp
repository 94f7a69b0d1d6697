#include "sink/posix_file.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace xylem::sink {

namespace {

std::string errno_text(int error) {
  return "[Errno " + std::to_string(error) + "] " + std::generic_category().message(error) + ": ";
}

std::string working_directory() {
  std::vector<char> buffer(256);
  while (::getcwd(buffer.data(), buffer.size()) == nullptr) {
    if (errno != ERANGE) throw FileError(errno, ".");
    buffer.resize(buffer.size() * 2);
  }
  return buffer.data();
}

crash::SinkEntry::Place identify_at(int fd, const char* path, int flags) {
  struct statx status {};
  constexpr unsigned wanted = STATX_TYPE | STATX_INO | STATX_BTIME;
  if (::statx(fd, path, flags, wanted, &status) != 0 || !S_ISREG(status.stx_mode)) return {};
  const bool has_birth = (status.stx_mask & STATX_BTIME) != 0;
  const auto born_ns = static_cast<std::uint64_t>(status.stx_btime.tv_sec) * 1'000'000'000 +
                       status.stx_btime.tv_nsec;
  return {makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino,
          has_birth ? born_ns : 0, 0};
}

// A log file that took over descriptor 0, 1 or 2 from a program that closed it would receive
// whatever that program prints.
int above_standard_streams(int fd) {
  if (fd > STDERR_FILENO) return fd;
  const int higher = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  ::close(fd);
  errno = error;
  return higher;
}

}  // namespace

std::string quoted(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == quote) {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr char digits[] = "0123456789abcdef";
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      out += c;
    }
  }
  return out += quote;
}

std::string error_text(int error, std::string_view path) {
  return errno_text(error) + quoted(path);
}

std::string error_text(int error, std::string_view from, std::string_view to) {
  return errno_text(error) + quoted(from) + " -> " + quoted(to);
}

FileError::FileError(int error, std::string_view path)
    : std::runtime_error(error_text(error, path)), error_(error) {}

std::string absolute_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) throw std::invalid_argument("embedded null byte");
  std::string joined(path);
  if (!path.starts_with('/')) joined = working_directory() + '/' + joined;

  // POSIX leaves the meaning of exactly two leading slashes to the system, so they are kept.
  const bool two_slashes = joined.starts_with("//") && !joined.starts_with("///");
  std::vector<std::string_view> parts;
  std::string_view rest = joined;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string out = two_slashes ? "/" : "";
  for (const std::string_view part : parts) out.append("/").append(part);
  return parts.empty() ? out + '/' : out;
}

WriteResult write_fully(int fd, const char* data, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t n = ::write(fd, data + done, bytes - done);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0) {
      return {done, EIO};  // no file system may do that, but it must not become an endless loop
    } else if (errno != EINTR) {
      return {done, errno};
    }
  }
  return {done, 0};
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      identity_(other.identity_),
      ahead_(std::exchange(other.ahead_, {})) {}

PosixFile& PosixFile::operator=(PosixFile&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    identity_ = other.identity_;
    ahead_ = std::exchange(other.ahead_, {});
  }
  return *this;
}

int PosixFile::open(const std::string& path, OpenMode mode) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
                    (mode == OpenMode::truncate ? O_TRUNC : 0);
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd >= 0) fd = above_standard_streams(fd);
  if (fd < 0) return errno;
  ::lseek(fd, 0, SEEK_END);
  close();
  fd_ = fd;
  identity_ = identify(fd_);
  ahead_.begin(fd_);
  return 0;
}

int PosixFile::close() {
  // On Linux the descriptor is gone even when close(2) fails, EINTR included.
  if (fd_ >= 0) ahead_.finish(fd_);
  const int fd = std::exchange(fd_, -1);
  return fd >= 0 && ::close(fd) != 0 && errno != EINTR ? errno : 0;
}

std::uint64_t PosixFile::position() const {
  const off_t at = ::lseek(fd_, 0, SEEK_CUR);
  return at < 0 ? 0 : static_cast<std::uint64_t>(at);
}

crash::SinkEntry::Place PosixFile::place() const {
  if (fd_ < 0) return {};
  crash::SinkEntry::Place place = identity_;
  place.offset = position();
  return place;
}

bool PosixFile::is_at(const std::string& path) const {
  struct stat named {};
  struct stat own {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(fd_, &own) == 0 &&
         named.st_dev == own.st_dev && named.st_ino == own.st_ino;
}

void PosixFile::go_to_end() {
  ::lseek(fd_, 0, SEEK_END);
}

bool PosixFile::is_deleted() const {
  struct stat status;
  return identity_.inode != 0 && ::fstat(fd_, &status) == 0 && status.st_nlink == 0;
}

bool PosixFile::has_moved_from(const std::string& path) const {
  if (identity_.inode == 0) return false;
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT;
  return !is_at(path);
}

int PosixFile::cut(std::size_t bytes) {
  struct stat status;
  if (::fstat(fd_, &status) != 0) return errno;
  const std::uint64_t at = position();
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) != at || bytes > at) {
    return ESPIPE;
  }
  return ::ftruncate(fd_, static_cast<off_t>(at - bytes)) == 0 ? 0 : errno;
}

int move_file(const std::string& from, const std::string& to) {
  if (::access(from.c_str(), F_OK) != 0 && errno == ENOENT) return 0;
  // Removed first, as CPython does: to rename onto a file makes ext4 write the new one out at once
  // (its option auto_da_alloc), which takes milliseconds for a large log.
  if (::unlink(to.c_str()) != 0 && errno != ENOENT) return errno;
  return std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

int numbered_files(const std::string& path, int most, std::vector<int>& numbers) {
  const std::filesystem::path base{path};
  const std::string prefix = base.filename().string() + '.';
  numbers.clear();
  std::error_code error;
  // Listed rather than tried one by one: `most` may be any number.
  for (std::filesystem::directory_iterator entry{base.parent_path(), error}, end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const char* const last = name.data() + name.size();
    int number = 0;
    const auto parsed = std::from_chars(name.data() + prefix.size(), last, number);
    const bool is_plain = parsed.ptr == last && name[prefix.size()] != '0';
    if (parsed.ec == std::errc{} && is_plain && number > 0 && number <= most) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end(), std::greater<>{});
  return error.value();
}

crash::SinkEntry::Place identify(int fd) {
  return identify_at(fd, "", AT_EMPTY_PATH);
}

crash::SinkEntry::Place identify(const std::string& path) {
  return identify_at(AT_FDCWD, path.c_str(), 0);
}

bool is_regular_or_absent(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace xylem::sink
