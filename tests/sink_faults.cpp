// Faults that no test can have for real: this program answers in the place of the system's
// write(2), pwritev2(2), poll(2) and rename(2).

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "sink/file_sink.hpp"
#include "sink/rotating_file_sink.hpp"
#include "sink/stream_sink.hpp"
#include "sink_support.hpp"

namespace {

/// Of write(2), but to stderr: how many bytes the system may be given, or -errno.
std::function<ssize_t(std::size_t bytes)> write_fault;
/// Of rename(2): an errno.
std::atomic<int> rename_fault{0};
/// pwritev2(2) does not know how not to wait, as on older kernels; poll(2) lies that there is room.
std::atomic<bool> is_old_kernel{false};
std::atomic<bool> poll_lies{false};

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t bytes) {
  if (write_fault && fd != STDERR_FILENO) {
    const ssize_t allowed = write_fault(bytes);
    if (allowed < 0) {
      errno = static_cast<int>(-allowed);
      return -1;
    }
    bytes = static_cast<size_t>(allowed);
  }
  return ::syscall(SYS_write, fd, data, bytes);
}

ssize_t pwritev2(int fd, const iovec* pieces, int count, off_t offset, int flags) {
  if (is_old_kernel.load()) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return ::syscall(SYS_pwritev2, fd, pieces, count, offset, 0, flags);
}

int poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  if (poll_lies.load()) return 1;
  timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  return static_cast<int>(
      ::syscall(SYS_ppoll, descriptors, count, timeout_ms < 0 ? nullptr : &timeout, nullptr, 0));
}

int rename(const char* from, const char* to) noexcept {
  if (const int error = rename_fault.load(); error != 0) {
    errno = error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

}  // extern "C"

namespace {

using namespace sink_test;
using xylem::sink::FileSink;
using xylem::sink::RotatingFileSink;
using xylem::sink::StreamSink;

/// While it lives, write(2) fails.
class Failing {
 public:
  explicit Failing(int error) {
    write_fault = [error](std::size_t) { return static_cast<ssize_t>(-error); };
  }
  explicit Failing(std::function<ssize_t(std::size_t)> fault) { write_fault = std::move(fault); }
  ~Failing() { write_fault = nullptr; }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;
};

}  // namespace

TEST_CASE("whatever a disk answers, lines are kept, it is told once, and they are written later") {
  const std::pair<int, std::string> faults[] = {
      {EIO, "[Errno 5] Input/output error"},       {ENOSPC, "[Errno 28] No space left on device"},
      {EDQUOT, "[Errno 122] Disk quota exceeded"}, {EROFS, "[Errno 30] Read-only file system"},
      {ENODEV, "[Errno 19] No such device"},       {ESTALE, "[Errno 116] Stale file handle"},
  };
  for (const auto& fault : faults) {
    const int error = fault.first;
    const std::string text = fault.second;
    CAPTURE(text);
    const TempDir dir;
    const StderrCapture captured;
    FileSink sink(dir / "log", {}, {.buffer_bytes = 4096});
    std::string expected;
    const auto add = [&](std::uint64_t first) {
      for (std::uint64_t i = first; i < first + 100; ++i) {
        put(sink, numbered_line(i, 100), i);
        expected += numbered_line(i, 100);
      }
    };
    add(0);
    sink.flush(0);
    {
      bool is_first = true;  // of which a line and a half get through
      const Failing failing{[&is_first, error](std::size_t bytes) -> ssize_t {
        if (!std::exchange(is_first, false)) return -error;
        return static_cast<ssize_t>(std::min<std::size_t>(bytes, 150));
      }};
      add(100);
      for (std::int64_t now_ms = 1000; now_ms < 5000; now_ms += 500) sink.flush(now_ms);
      CHECK_FALSE(sink.idle());
    }
    sink.flush(10'000);
    CHECK(sink.idle());
    add(200);
    sink.close(0);
    CHECK(failed_in(sink) == 0);
    CHECK(read_file(dir / "log") == expected);
    const std::string path = "'" + (dir / "log") + "'";
    CHECK(captured.text() == "xylem: " + text + ": " + path +
                                 " (lines are kept and tried again)\nxylem: " + path +
                                 " can be written again\n");
  }
}

TEST_CASE("causes that take turns are told once each") {
  const TempDir dir;
  const StderrCapture captured;
  FileSink sink(dir / "log");
  put(sink, "line\n", 1);
  for (std::int64_t i = 0; i < 20; ++i) {
    const Failing failing{i % 2 == 0 ? ENOSPC : EDQUOT};
    sink.flush(i * 2000);
  }
  CHECK(count(captured.text(), "No space left on device") == 1);
  CHECK(count(captured.text(), "Disk quota exceeded") == 1);
  CHECK(count(captured.text(), "\n") == 2);
  sink.flush(100'000);
  CHECK(sink.idle());
}

TEST_CASE("writes that are cut short or interrupted anywhere lose, repeat and tear nothing") {
  const TempDir dir;
  const StderrCapture captured;
  std::mt19937 random{11};
  std::string expected;
  {
    const Failing failing{[&random](std::size_t bytes) -> ssize_t {
      if (random() % 3 == 0) return -EINTR;
      return static_cast<ssize_t>(1 + random() % bytes);
    }};
    FileSink sink(dir / "log", {}, {.buffer_bytes = 16384});
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const std::string line = numbered_line(i, random() % 300);
      put(sink, line, i);
      expected += line;
    }
    sink.close(0);
    CHECK(failed_in(sink) == 0);
  }
  CHECK(read_file(dir / "log") == expected);
  CHECK(captured.text() == "");
}

TEST_CASE("a rename that fails stops rotation but no line, until it works again") {
  for (const int error : {EACCES, EIO, EXDEV, EPERM, EROFS}) {
    CAPTURE(error);
    const TempDir dir;
    const StderrCapture captured;
    RotatingFileSink sink(dir / "log", {.max_bytes = 250, .backup_count = 3});
    rename_fault.store(error);
    for (std::uint64_t i = 0; i < 10; ++i) {
      put(sink, numbered_line(i, 100), i);
      sink.flush(static_cast<std::int64_t>(i) * 2000);
    }
    rename_fault.store(0);
    CHECK(sink.idle());
    CHECK(read_file(dir / "log").size() == 1000);
    put(sink, numbered_line(10, 100), 10);
    sink.close(0);
    sink.flush(100'000);
    CHECK(failed_in(sink) == 0);
    CHECK(count(captured.text(), "not rotated") == 1);
  }
}

TEST_CASE("the counts of a program on a failing disk add up to the line") {
  const TempDir dir;
  const StderrCapture captured;
  const engine_test::Gain gain;
  constexpr int records = 20'000;
  {
    std::atomic<int> calls{0};
    // Every other write fails, and those that do not are short.
    const Failing failing{[&calls](std::size_t bytes) -> ssize_t {
      return ++calls % 2 == 0 ? -ENOSPC : static_cast<ssize_t>((bytes + 1) / 2);
    }};
    const engine_test::Session session{
        engine_test::ToFile{dir / "log", "{}", R"({"sinks": {"max_kept_bytes": 50000}})"}};
    const xylem::Logger log = xylem::get_logger("faults");
    for (int i = 0; i < records; ++i) XYLEM_INFO(log, "record {}", i);
    xylem::flush();
    CHECK(gain.get().pending > 0);
    xylem::shutdown();
  }
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == records);
  CHECK(stats.failed > 0);
  CHECK(stats.written + stats.failed == records);
  CHECK(engine_test::messages(dir / "log").size() == stats.written);
}

TEST_CASE(
    "on a kernel that cannot promise not to wait, a pipe that nobody reads makes no one wait") {
  is_old_kernel.store(true);
  Pipe pipe;
  std::string expected;
  StreamSink sink(pipe.writer(), "stdout");
  for (std::uint64_t i = 0; i < 5000; ++i) {
    put(sink, numbered_line(i, 100), i);
    expected += numbered_line(i, 100);
  }
  sink.flush(0);
  flush_until_stalled(sink, 0);
  std::string received;
  std::thread reader([&] { received = pipe.read_all(); });
  sink.close(60'000);
  pipe.close_writer();
  reader.join();
  is_old_kernel.store(false);
  CHECK(received == expected);
  CHECK(failed_in(sink) == 0);
}

TEST_CASE("a thread that the kernel keeps in write(2) for good keeps nobody else") {
  const StderrCapture captured;
  is_old_kernel.store(true);
  poll_lies.store(true);
  Pipe pipe;
  std::string all;
  {
    StreamSink sink(pipe.writer(), "stdout");
    for (std::uint64_t i = 0; i < 5000; ++i) {
      put(sink, numbered_line(i, 100), i);
      all += numbered_line(i, 100);
    }
    sink.flush(0);
    sink.close(0);
    CHECK(sink.idle());
    CHECK(failed_in(sink) == 5000);
  }
  CHECK(captured.text().ends_with("(closed, 5000 lines were lost)\n"));
  // The thread comes back to a sink that is gone: it ends what it was told to write, and no more.
  std::string received;
  while (received.size() < 65536) received += pipe.read(65536);
  is_old_kernel.store(false);
  poll_lies.store(false);
  CHECK(all.starts_with(received));
}
