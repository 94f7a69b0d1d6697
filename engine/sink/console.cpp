#include "sink/console.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sink/report.hpp"

namespace xylem::sink {
namespace {

/// How long an interruption may go unnoticed.
constexpr int tick_ms = 20;

bool has_room(int fd, int timeout_ms) {
  pollfd query{.fd = fd, .events = POLLOUT, .revents = 0};
  // An error is for write(2) to tell.
  return ::poll(&query, 1, timeout_ms) > 0;
}

/// As many of the oldest lines as PIPE_BUF bytes hold; of a longer one a part.
std::size_t next_bytes(const LineBuffer& lines) {
  std::size_t whole = 0;
  std::size_t torn = lines.torn_bytes();
  for (std::size_t i = 0; i < lines.lines(); ++i) {
    const std::size_t line = lines.mark(i).bytes - torn;
    torn = 0;
    if (whole + line > PIPE_BUF) break;
    whole += line;
  }
  return whole > 0 ? whole : std::min<std::size_t>(lines.bytes(), PIPE_BUF);
}

}  // namespace

bool may_block(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ||
         (S_ISCHR(status.st_mode) && ::isatty(fd) == 1);
}

WriteResult write_at_once(int fd, const char* data, std::size_t bytes) {
  iovec piece{.iov_base = const_cast<char*>(data),
              .iov_len = std::min<std::size_t>(bytes, PIPE_BUF)};
  while (true) {
    ssize_t n = ::pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
    const bool can_promise = n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL);
    if (!can_promise) {
      if (!has_room(fd, 0)) return {0, EAGAIN};
      n = ::write(fd, data, piece.iov_len);
    }
    if (n > 0 || (n == 0 && bytes == 0)) return {static_cast<std::size_t>(n), 0};
    if (n == 0) return {0, EIO};  // as in write_fully()
    if (errno != EINTR) return {0, errno};
  }
}

int Console::write(LineBuffer& lines, Wait wait) {
  while (!lines.empty()) {
    if (wait == Wait::until_interrupted && is_interrupted()) {
      return EAGAIN;
    }
    const WriteResult result = write_some(lines, wait);
    const std::size_t lines_before = lines.lines();
    lines.take(result.bytes);
    hold_reports_while(lines.torn_bytes() > 0);
    moved(result.bytes, lines_before - lines.lines());
    const bool is_full = result.error == EAGAIN && wait == Wait::until_interrupted;
    if (result.error != 0 && !is_full) return result.error;
    if (is_full) has_room(fd_, tick_ms);
  }
  return 0;
}

WriteResult Console::write_some(const LineBuffer& lines, Wait wait) {
  if (wait == Wait::in_kernel) return write_fully(fd_, lines.data(), lines.bytes());
  const std::size_t bytes = next_bytes(lines);
  // Before, because a report must not come between two parts of a line.
  if (bytes + lines.torn_bytes() < lines.mark(0).bytes) hold_reports_while(true);
  return write_at_once(fd_, lines.data(), bytes);
}

void Console::hold_reports_while(bool is_torn) {
  const bool torn = fd_ == STDERR_FILENO && is_torn;
  if (torn == holds_reports_) return;
  holds_reports_ = torn;
  if (torn) {
    hold_reports();
  } else {
    release_reports();
  }
}

}  // namespace xylem::sink
