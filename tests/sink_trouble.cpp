// Everything here fails for a real reason: /dev/full, a size limit, a pipe nobody reads, a
// directory that may not be written to.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink/file_sink.hpp"
#include "sink/rotating_file_sink.hpp"
#include "sink/stream_sink.hpp"
#include "sink_support.hpp"

using sink_test::count;
using sink_test::numbered_line;
using sink_test::numbers;
using sink_test::on_consumer_thread;
using sink_test::Pipe;
using sink_test::put;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using xylem::sink::FileSink;
using xylem::sink::RecordRange;
using xylem::sink::RecordSet;
using xylem::sink::RotatingFileSink;
using xylem::sink::Sink;
using xylem::sink::StreamSink;

namespace {

/// The process may make no file larger than this while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &former_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit former_;
};

/// Runs `work` in a child that is not root and returns what it returned.
std::string as_ordinary_user(const std::function<std::string()>& work) {
  Pipe answer;
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::geteuid() != 0 || ::setuid(65534) == 0;
    const std::string text = dropped ? work() : "setuid failed";
    const bool sent = ::write(answer.writer(), text.data(), text.size()) >= 0;
    ::_exit(sent ? 0 : 1);
  }
  answer.close_writer();
  const std::string text = answer.read_all();
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

std::vector<std::uint64_t> failed_of(Sink& sink) {
  RecordSet failed;
  sink.collect_failed(failed);
  return numbers(failed);
}

}  // namespace

TEST_CASE("a full disk is reported once, and lines are kept in order up to the bound") {
  const StderrCapture captured;
  FileSink sink("/dev/full", {}, {.buffer_bytes = 4096, .max_kept_bytes = 8192});
  for (std::uint64_t i = 0; i < 200; ++i) put(sink, numbered_line(i, 100), i);
  for (std::int64_t now_ms = 0; now_ms < 10'000; now_ms += 50) sink.flush(now_ms);
  CHECK(
      captured.text() ==
      "xylem: [Errno 28] No space left on device: '/dev/full' (lines are kept and tried again)\n");

  // 8192 bytes hold 70 lines of 100 bytes with their 16 bytes of book-keeping.
  CHECK(sink.pending() == RecordRange{0, 69});
  RecordSet pending;
  sink.collect_pending(pending);
  CHECK(pending.size() == 70);
  CHECK(failed_of(sink).size() == 130);
  CHECK(failed_of(sink).empty());

  sink.close(0);
  CHECK(sink.idle());
  CHECK(failed_of(sink).size() == 70);
  CHECK(captured.text().ends_with(
      "xylem: [Errno 28] No space left on device: '/dev/full' (closed, 200 lines were lost)\n"));
}

TEST_CASE("retries come after 100 ms, then ever later, once a second at most") {
  const StderrCapture captured;
  FileSink sink("/dev/full");
  put(sink, "line\n", 1);
  std::vector<std::int64_t> tries_ms = {1000};
  sink.flush(1000);
  for (int i = 0; i < 6; ++i) {
    const std::int64_t next_ms = sink.retry_at_ms();
    sink.flush(next_ms - 1);
    CHECK(sink.retry_at_ms() == next_ms);
    sink.flush(next_ms);
    tries_ms.push_back(next_ms);
  }
  CHECK(tries_ms == std::vector<std::int64_t>{1000, 1100, 1300, 1700, 2500, 3500, 4500});
}

TEST_CASE("a disk that takes a little at each try is tried again soon") {
  const TempDir dir;
  const StderrCapture captured;
  on_consumer_thread([&] {
    FileSink sink(dir / "log");
    for (std::uint64_t i = 0; i < 20; ++i) put(sink, numbered_line(i, 100), i);
    std::int64_t now_ms = 0;
    for (rlim_t limit_bytes = 1050; limit_bytes < 1950; limit_bytes += 100) {
      const FileSizeLimit limit(limit_bytes);
      sink.flush(now_ms);
      CHECK(sink.retry_at_ms() == now_ms + 100);
      now_ms += 100;
    }
    sink.flush(now_ms);
    CHECK(sink.idle());
    sink.close(0);
  });
  CHECK(count(read_file(dir / "log"), "\n") == 20);
  CHECK(count(captured.text(), "\n") == 2);
}

TEST_CASE("in trouble the bound holds even when it is smaller than the buffer") {
  const StderrCapture captured;
  FileSink sink("/dev/full", {}, {.buffer_bytes = 65536, .max_kept_bytes = 1000});
  for (std::uint64_t i = 0; i < 3; ++i) put(sink, numbered_line(i, 100), i);
  sink.flush(0);
  for (std::uint64_t i = 3; i < 20; ++i) put(sink, numbered_line(i, 100), i);
  CHECK(sink.pending() == RecordRange{0, 7});
  CHECK(failed_of(sink).size() == 12);
}

TEST_CASE("a line that a size limit tore is completed when there is room, and nothing is lost") {
  const TempDir dir;
  const StderrCapture captured;
  std::string expected;
  on_consumer_thread([&] {
    FileSink sink(dir / "log", {}, {.buffer_bytes = 4096});
    const auto add = [&](std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t i = first; i <= last; ++i) {
        expected += numbered_line(i, 100);
        put(sink, numbered_line(i, 100), i);
      }
    };
    {
      const FileSizeLimit limit(1050);
      add(1, 20);
      sink.flush(0);
      CHECK(sink.pending() == RecordRange{11, 20});
      CHECK(read_file(dir / "log") == expected.substr(0, 1050));
      add(21, 100);
      sink.flush(100);
    }
    sink.flush(250);  // not due yet
    CHECK(sink.pending() == RecordRange{11, 100});
    sink.flush(300);
    CHECK(sink.idle());
    CHECK(failed_of(sink).empty());
    add(101, 101);
    sink.close(0);
  });
  CHECK(read_file(dir / "log") == expected);
  const std::string path = "'" + (dir / "log") + "'";
  CHECK(captured.text() == "xylem: [Errno 27] File too large: " + path +
                               " (lines are kept and tried again)\nxylem: " + path +
                               " can be written again\n");
}

TEST_CASE("a line that stays torn is cut off when the file is closed") {
  const TempDir dir;
  const StderrCapture captured;
  on_consumer_thread([&] {
    FileSink sink(dir / "log");
    const FileSizeLimit limit(250);
    for (std::uint64_t i = 0; i < 5; ++i) put(sink, numbered_line(i, 100), i);
    sink.close(0);
    CHECK(failed_of(sink) == std::vector<std::uint64_t>{2, 3, 4});
  });
  CHECK(read_file(dir / "log") == numbered_line(0, 100) + numbered_line(1, 100));
  CHECK(captured.text().ends_with("(closed, 3 lines were lost)\n"));
}

TEST_CASE("the end of trouble tells how many lines it cost") {
  const TempDir dir;
  const StderrCapture captured;
  on_consumer_thread([&] {
    FileSink sink(dir / "log", {}, {.buffer_bytes = 4096, .max_kept_bytes = 4096});
    {
      const FileSizeLimit limit(0);
      for (std::uint64_t i = 0; i < 100; ++i) put(sink, numbered_line(i, 100), i);
    }
    sink.flush(1000);
    CHECK(sink.idle());
    const std::vector<std::uint64_t> failed = failed_of(sink);
    CHECK(failed.size() == 65);
    CHECK(failed.front() == 35);
    sink.close(0);
  });
  CHECK(count(read_file(dir / "log"), "\n") == 35);
  CHECK(captured.text().ends_with(" can be written again, 65 lines were lost\n"));
}

TEST_CASE("a reader that went away ends neither the program nor the count") {
  Pipe pipe;
  pipe.close_reader();
  const StderrCapture captured;
  on_consumer_thread([&] {
    StreamSink sink(pipe.writer(), "stdout");
    put(sink, "one\n", 1);
    put(sink, "two\n", 2);
    sink.flush(0);
    CHECK(sink.pending() == RecordRange{1, 2});
    sink.close(1000);  // does not wait: a broken pipe stays broken
    CHECK(failed_of(sink) == std::vector<std::uint64_t>{1, 2});
  });
  CHECK(captured.text() ==
        "xylem: [Errno 32] Broken pipe: 'stdout' (lines are kept and tried again)\n"
        "xylem: [Errno 32] Broken pipe: 'stdout' (closed, 2 lines were lost)\n");
}

TEST_CASE(
    "a slow reader of a non-blocking pipe gets whole lines in order, and each lost one counts") {
  const StderrCapture captured;
  std::mt19937 random(3);
  Pipe pipe(O_NONBLOCK);
  StreamSink sink(pipe.writer(), "stdout", {.buffer_bytes = 8192, .max_kept_bytes = 32768});
  std::string received;
  RecordSet failed;
  std::int64_t now_ms = 0;
  constexpr std::uint64_t records = 40'000;
  for (std::uint64_t i = 0; i < records; ++i) {
    put(sink, numbered_line(i, random() % 600), i);
    if (random() % 20 == 0) sink.flush(now_ms += random() % 50);
    if (random() % 30 == 0) received += pipe.read(random() % 12'000);
    if (random() % 1000 == 0) sink.collect_failed(failed);
  }
  while (!sink.idle()) {
    sink.flush(now_ms += 1000);
    received += pipe.read(65536);
  }
  sink.close(0);
  pipe.close_writer();
  received += pipe.read_all();
  sink.collect_failed(failed);

  std::vector<std::uint64_t> arrived;
  std::size_t whole = 0;
  for (std::size_t at = 0; at < received.size();) {
    const std::size_t end = received.find('\n', at);
    REQUIRE(end != std::string::npos);
    arrived.push_back(std::stoull(received.substr(at, end - at)));
    const std::string line = received.substr(at, end + 1 - at);
    whole += line == numbered_line(arrived.back(), line.size()) ? 1 : 0;
    at = end + 1;
  }
  CHECK(whole == arrived.size());
  CHECK(std::is_sorted(arrived.begin(), arrived.end()));
  CHECK(failed.size() > 1000);
  CHECK(arrived.size() > 100);

  std::vector<std::uint64_t> all = numbers(failed);
  all.insert(all.end(), arrived.begin(), arrived.end());
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == records);
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("a full pipe is back pressure: nothing is reported as long as nothing is lost") {
  const StderrCapture captured;
  Pipe pipe(O_NONBLOCK);
  StreamSink sink(pipe.writer(), "stdout");
  std::string expected;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    put(sink, numbered_line(i, 100), i);
    expected += numbered_line(i, 100);
  }
  sink.flush(0);
  CHECK_FALSE(sink.idle());
  CHECK(sink.oldest_behind() == std::optional<std::uint64_t>{0});
  std::string received;
  for (std::int64_t now_ms = 0; !sink.idle(); now_ms = sink.retry_at_ms()) {
    received += pipe.read(65536);
    sink.flush(now_ms);
  }
  CHECK(received + pipe.read_all() == expected);
  CHECK(captured.text().empty());
}

TEST_CASE("close waits for a slow reader as long as it was told to") {
  const StderrCapture captured;
  Pipe pipe(O_NONBLOCK);
  Pipe go;
  StreamSink sink(pipe.writer(), "stdout");
  std::string expected;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    put(sink, numbered_line(i, 100), i);
    expected += numbered_line(i, 100);
  }
  sink.flush(0);
  REQUIRE_FALSE(sink.idle());
  std::string received;
  std::atomic<bool> closed = false;
  std::thread reader([&] {
    while (!closed.load() || received.size() < expected.size()) {
      const std::string text = pipe.read(4096);
      if (text.empty() && closed.load()) return;
      received += text;
    }
  });
  sink.close(60'000);
  closed.store(true);
  reader.join();
  CHECK(failed_of(sink).empty());
  CHECK(received == expected);
}

TEST_CASE("signals that interrupt a write neither lose nor repeat a byte") {
  Pipe pipe;
  struct sigaction action {};
  struct sigaction former {};
  action.sa_handler = [](int) {};  // no SA_RESTART: write(2) returns early
  ::sigaction(SIGUSR1, &action, &former);
  std::string expected;
  std::string received;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    StreamSink sink(pipe.writer(), "stdout");
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      put(sink, numbered_line(i, 100), i);
      expected += numbered_line(i, 100);
    }
    sink.close(0);
    done.store(true);
  });
  while (received.size() < std::size_t{2'000'000}) {
    if (!done.load()) ::pthread_kill(writer.native_handle(), SIGUSR1);
    received += pipe.read(3000);
  }
  writer.join();
  ::sigaction(SIGUSR1, &former, nullptr);
  CHECK(received == expected);
}

TEST_CASE("a delayed file that cannot be opened keeps its lines until it can") {
  const TempDir dir;
  const StderrCapture captured;
  FileSink sink(dir / "sub/log", {.delay = true});
  put(sink, "one\n", 1);
  sink.flush(0);
  CHECK(sink.pending() == RecordRange{1, 1});
  std::filesystem::create_directory(dir / "sub");
  put(sink, "two\n", 2);
  sink.flush(100);
  CHECK(sink.idle());
  sink.close(0);
  CHECK(read_file(dir / "sub/log") == "one\ntwo\n");
  const std::string path = "'" + (dir / "sub/log") + "'";
  CHECK(captured.text() == "xylem: [Errno 2] No such file or directory: " + path +
                               " (lines are kept and tried again)\nxylem: " + path +
                               " can be written again\n");
}

TEST_CASE("when files cannot be renamed, lines go on to the file at hand until they can") {
  const TempDir dir;
  const StderrCapture captured;
  std::filesystem::create_directories(dir / "log.1/occupied");
  RotatingFileSink sink(dir / "log", {.max_bytes = 150, .backup_count = 1});
  for (std::uint64_t i = 0; i < 5; ++i) {
    put(sink, numbered_line(i, 100), i);
    sink.flush(static_cast<std::int64_t>(i));
  }
  CHECK(sink.idle());
  CHECK(read_file(dir / "log").size() == 500);
  CHECK(captured.text() == "xylem: [Errno 21] Is a directory: '" + (dir / "log") + "' -> '" +
                               (dir / "log.1") +
                               "' (not rotated, lines go on to the file at hand)\n");
  std::filesystem::remove_all(dir / "log.1");
  put(sink, numbered_line(5, 100), 5);
  sink.flush(50);
  CHECK_FALSE(std::filesystem::exists(dir / "log.1"));  // not due yet
  put(sink, numbered_line(6, 100), 6);
  sink.flush(1000);
  CHECK(read_file(dir / "log.1").size() == 600);
  CHECK(read_file(dir / "log") == numbered_line(6, 100));
  CHECK(captured.text().ends_with("xylem: '" + (dir / "log") + "' can be rotated again\n"));
  sink.close(0);
  CHECK(failed_of(sink).empty());
}

TEST_CASE("a directory that turns read-only stops rotation but no line") {
  const TempDir dir;
  if (::geteuid() == 0) REQUIRE(::chown(dir.path().c_str(), 65534, 65534) == 0);
  const std::string answer = as_ordinary_user([&]() -> std::string {
    const StderrCapture captured;
    RotatingFileSink sink(dir / "log", {.max_bytes = 150, .backup_count = 2});
    std::string expected;
    ::chmod(dir.path().c_str(), 0555);
    for (std::uint64_t i = 0; i < 4; ++i) put(sink, numbered_line(i, 100), i);
    sink.flush(0);
    if (read_file(dir / "log").size() != 400) return "lines are missing";
    ::chmod(dir.path().c_str(), 0755);
    put(sink, numbered_line(4, 100), 4);
    sink.close(0);
    const std::string text = captured.text();
    if (count(text, "Permission denied") != 1) return text;
    return read_file(dir / "log").size() == 500 && !std::filesystem::exists(dir / "log.1")
               ? "as it should be"
               : "rotated too early";
  });
  CHECK(answer == "as it should be");
}

TEST_CASE("a file that cannot be opened after a rotation does not push old ones out") {
  const TempDir dir;
  const StderrCapture captured;
  RotatingFileSink sink(dir / "log", {.max_bytes = 150, .backup_count = 3});
  put(sink, numbered_line(0, 100), 0);
  sink.flush(0);
  rlimit former;
  ::getrlimit(RLIMIT_NOFILE, &former);
  const rlimit none_left{.rlim_cur = 0, .rlim_max = former.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none_left);
  for (std::uint64_t i = 1; i < 6; ++i) {
    put(sink, numbered_line(i, 100), i);
    sink.flush(static_cast<std::int64_t>(i) * 1000);
  }
  ::setrlimit(RLIMIT_NOFILE, &former);
  CHECK(sink.idle());
  CHECK(count(captured.text(), "[Errno 24] Too many open files") == 1);
  put(sink, numbered_line(6, 100), 6);
  sink.flush(60'000);
  sink.close(0);
  CHECK(read_file(dir / "log") == numbered_line(6, 100));
  CHECK(read_file(dir / "log.1").size() == 600);
  CHECK_FALSE(std::filesystem::exists(dir / "log.2"));
  CHECK(failed_of(sink).empty());
}

TEST_CASE("lines kept through a full disk are rotated as if nothing had happened") {
  const TempDir dir;
  const StderrCapture captured;
  on_consumer_thread([&] {
    RotatingFileSink sink(dir / "log", {.max_bytes = 250, .backup_count = 9});
    {
      const FileSizeLimit limit(150);
      for (std::uint64_t i = 0; i < 9; ++i) put(sink, numbered_line(i, 100), i);
      sink.flush(0);
      CHECK(read_file(dir / "log").size() == 150);
    }
    sink.flush(1000);
    sink.close(0);
  });
  for (std::uint64_t i = 0; i < 4; ++i) {
    const std::string suffix = i == 4 ? "" : "." + std::to_string(4 - i);
    CHECK(read_file(dir / ("log" + suffix)) ==
          numbered_line(2 * i, 100) + numbered_line(2 * i + 1, 100));
  }
  CHECK(read_file(dir / "log") == numbered_line(8, 100));
}
