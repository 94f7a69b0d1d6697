// Streams that may take no lines for a long time: pipes nobody reads, stopped terminals, sockets.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "sink/report.hpp"
#include "sink/stream_sink.hpp"
#include "sink_support.hpp"

namespace {

using namespace sink_test;
using engine_test::Gain;
using engine_test::messages;
using engine_test::Session;
using xylem::sink::RecordSet;
using xylem::sink::report;
using xylem::sink::Sink;
using xylem::sink::StreamSink;

/// A descriptor of the process leads elsewhere while it lives.
class Redirected {
 public:
  Redirected(int fd, int to) : fd_{fd}, former_{::dup(fd)} { ::dup2(to, fd); }
  ~Redirected() {
    ::dup2(former_, fd_);
    ::close(former_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int fd_;
  int former_;
};

/// Reads all there is, and what comes, until the writers have closed.
class Reader {
 public:
  explicit Reader(const Pipe& pipe) : thread_{[this, &pipe] { text_ = pipe.read_all(); }} {}
  std::string text() {
    thread_.join();
    return text_;
  }

 private:
  std::string text_;
  std::thread thread_;
};

/// Both ends of a terminal that changes nothing.
class Terminal {
 public:
  Terminal() : master_{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)} {
    ::grantpt(master_);
    ::unlockpt(master_);
    char name[64];
    if (::ptsname_r(master_, name, sizeof name) != 0) throw std::runtime_error("no terminal");
    slave_ = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw;
    ::tcgetattr(slave_, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(slave_, TCSANOW, &raw);
  }
  ~Terminal() {
    ::close(slave_);
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int descriptor() const { return slave_; }
  std::string read(std::size_t bytes) const {
    std::string text;
    while (text.size() < bytes) {
      char some[4096];
      const ssize_t n = ::read(master_, some, sizeof some);
      if (n <= 0) break;
      text.append(some, static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  int master_;
  int slave_ = -1;
};

std::string put_lines(Sink& sink, std::uint64_t first, std::uint64_t lines, std::size_t bytes) {
  std::string all;
  for (std::uint64_t i = first; i < first + lines; ++i) {
    put(sink, numbered_line(i, bytes), i);
    all += numbered_line(i, bytes);
  }
  return all;
}

std::uint64_t pending_in(const Sink& sink) {
  RecordSet pending;
  sink.collect_pending(pending);
  return pending.size();
}

/// Everything to stdout, as bare messages, and to a file.
std::string to_both(const std::string& path, const std::string& engine) {
  return R"({"version": 1, "disable_existing_loggers": false, "xylem": )" + engine +
         R"-(, "formatters": {"json": {"()": "xylem.JsonFormatter", "fmt_keys": {}}}, )-" +
         R"("handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},)" +
         R"( "file": {"class": "logging.FileHandler", "formatter": "json", "filename": ")" + path +
         R"("}}, "root": {"level": "DEBUG", "handlers": ["console", "file"]}})";
}

std::string to_fifo_and_file(const std::string& fifo, const std::string& path) {
  return R"-({"version": 1, "disable_existing_loggers": false,
      "formatters": {"json": {"()": "xylem.JsonFormatter", "fmt_keys": {}}}, "handlers": {)-"
         R"("fifo": {"class": "logging.FileHandler", "filename": ")" +
         fifo + R"("},)" +
         R"("file": {"class": "logging.FileHandler", "formatter": "json", "filename": ")" + path +
         R"("}}, "root": {"level": "DEBUG", "handlers": ["fifo", "file"]}})";
}

void log_numbers(int records) {
  const xylem::Logger log = xylem::get_logger("console");
  for (int i = 0; i < records; ++i) {
    XYLEM_INFO(log, "record {} {}", i, "of a length that lets a few hundred fill any pipe");
  }
}

}  // namespace

TEST_CASE(
    "a pipe that nobody reads makes no one wait, and gets every line in order once it is read") {
  const StderrCapture captured;
  Pipe pipe;
  StreamSink sink(pipe.writer(), "stdout");
  std::string expected = put_lines(sink, 0, 3000, 100);
  sink.flush(0);
  CHECK(sink.oldest_behind() == std::optional<std::uint64_t>{0});  // the ring keeps them
  expected += put_lines(sink, 3000, 3000, 100);
  flush_until_stalled(sink, 0);  // from here on the sink keeps them
  CHECK(pending_in(sink) == 6000);
  expected += put_lines(sink, 6000, 3000, 100);
  sink.settle();  // has no reason to wait

  Reader reader{pipe};
  sink.close(60'000);
  pipe.close_writer();
  CHECK(reader.text() == expected);
  CHECK(failed_in(sink) == 0);
  CHECK(sink.idle());
  CHECK(captured.text() == "");
}

TEST_CASE("what a pipe does not take is kept up to the bound, then counted, and told once") {
  const StderrCapture captured;
  Pipe pipe;
  StreamSink sink(pipe.writer(), "stdout", {.buffer_bytes = 1 << 16, .max_kept_bytes = 1 << 18});
  std::string all = put_lines(sink, 0, 3000, 100);
  sink.flush(0);
  for (std::uint64_t batch = 1; batch < 20; ++batch) {
    sink.flush(static_cast<std::int64_t>(batch) * Sink::stall_ms);
    all += put_lines(sink, batch * 3000, 3000, 100);
  }
  RecordSet failed;
  sink.collect_failed(failed);
  CHECK(failed.size() > 0);
  CHECK(failed.size() + pending_in(sink) <= 60'000);
  CHECK(failed.size() + pending_in(sink) > 59'000);  // the others are in the pipe
  CHECK(count(captured.text(), "\n") == 1);

  Reader reader{pipe};
  sink.close(60'000);
  pipe.close_writer();
  const std::string received = reader.text();
  CHECK(count(received, "\n") + failed.size() == 60'000);
  CHECK(all.starts_with(received));  // the oldest are kept
  CHECK(failed_in(sink) == 0);
  CHECK(captured.text() ==
        "xylem: [Errno 11] Resource temporarily unavailable: 'stdout' (its reader is too slow, "
        "lines are being lost)\nxylem: 'stdout' can be written again, " +
            std::to_string(failed.size()) + " lines were lost\n");
}

TEST_CASE("a pipe that stays full to the end costs the lines in it, and their number is told") {
  const StderrCapture captured;
  Pipe pipe;
  StreamSink sink(pipe.writer(), "stdout");
  const std::string all = put_lines(sink, 0, 3000, 100);
  sink.flush(0);
  sink.close(0);
  pipe.close_writer();
  const std::string received = pipe.read_all();
  const std::uint64_t failed = failed_in(sink);
  CHECK(all.starts_with(received));
  CHECK(received.ends_with("\n"));
  CHECK(count(received, "\n") + failed == 3000);
  CHECK(captured.text().ends_with("(closed, " + std::to_string(failed) + " lines were lost)\n"));
}

TEST_CASE("a terminal that is stopped makes no one wait, and goes on where it was") {
  const Terminal terminal;
  StreamSink sink(terminal.descriptor(), "stdout");
  std::string expected = put_lines(sink, 0, 10, 100);
  sink.flush(0);
  CHECK(terminal.read(1000) == expected);
  sink.settle();
  CHECK(sink.idle());

  REQUIRE(::tcflow(terminal.descriptor(), TCOOFF) == 0);
  expected = put_lines(sink, 10, 5000, 100);
  const std::int64_t now_ms = flush_until_stalled(sink, 1000);
  expected += put_lines(sink, 5010, 10, 100);
  sink.flush(now_ms);
  REQUIRE(::tcflow(terminal.descriptor(), TCOON) == 0);
  std::string received;
  std::thread reader([&] { received = terminal.read(expected.size()); });
  sink.close(60'000);
  reader.join();
  CHECK(received == expected);
  CHECK(failed_in(sink) == 0);
}

TEST_CASE("a socket that nobody reads makes no one wait, and gets every line") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  StreamSink sink(ends[0], "stdout");
  std::string expected = put_lines(sink, 0, 10'000, 100);
  sink.flush(0);
  flush_until_stalled(sink, 0);
  expected += put_lines(sink, 10'000, 10'000, 100);
  std::string received;
  std::thread reader([&] {
    char some[65536];
    for (ssize_t n = ::read(ends[1], some, sizeof some); n > 0;
         n = ::read(ends[1], some, sizeof some)) {
      received.append(some, static_cast<std::size_t>(n));
    }
  });
  sink.close(60'000);
  ::close(ends[0]);
  reader.join();
  ::close(ends[1]);
  CHECK(received == expected);
}

TEST_CASE("lines of several processes on one pipe do not mix") {
  Pipe pipe;
  constexpr int writers = 3;
  constexpr std::uint64_t lines = 5000;
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    const pid_t child = ::fork();
    if (child == 0) {
      StreamSink sink(pipe.writer(), "stdout");
      for (std::uint64_t i = 0; i < lines; ++i) {
        put(sink, numbered_line(i, 50 + i % 3000), i);
        if (i % 100 == 0) sink.flush(0);
      }
      sink.close(60'000);
      ::_exit(sink.idle() ? 0 : 1);
    }
    children.push_back(child);
  }
  pipe.close_writer();
  const std::string received = pipe.read_all();
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  std::size_t whole = 0;
  for (std::size_t at = 0; at < received.size();) {
    const std::size_t end = received.find('\n', at);
    REQUIRE(end != std::string::npos);
    const std::string line = received.substr(at, end + 1 - at);
    const std::uint64_t number = std::stoull(line);
    if (line == numbered_line(number, 50 + number % 3000)) ++whole;
    at = end + 1;
  }
  CHECK(whole == writers * lines);
}

TEST_CASE("a report that a blocked stderr does not take comes when it is read again") {
  Pipe pipe;
  std::string received;
  {
    const Redirected redirected{2, pipe.writer()};
    StreamSink sink(2, "stderr");
    put_lines(sink, 0, 3000, 100);
    sink.flush(0);
    pollfd query{.fd = pipe.writer(), .events = POLLOUT, .revents = 0};
    while (::poll(&query, 1, 0) > 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    flush_until_stalled(sink, 0);
    report("nobody hears this yet");  // does not wait either
    Reader reader{pipe};
    sink.close(60'000);
    pipe.close_writer();
    ::close(2);
    received = reader.text();
  }
  CHECK(count(received, "\nxylem: nobody hears this yet\n") == 1);
  CHECK(count(received, "\n") == 3001);
}

TEST_CASE("a stream that leads to a file after all is written at once") {
  const TempDir dir;
  Pipe pipe;
  const int fd = ::dup(pipe.writer());
  StreamSink sink(fd, "stdout");
  put(sink, "to the pipe\n", 1);
  sink.flush(0);
  sink.settle();
  const int file = ::open((dir / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ::dup2(file, fd);
  put(sink, "to the file\n", 2);
  sink.flush(0);
  CHECK(sink.idle());
  CHECK(read_file(dir / "log") == "to the file\n");
  ::close(fd);
  ::close(file);
  pipe.close_writer();
  CHECK(pipe.read_all() == "to the pipe\n");
}

TEST_CASE("a stdout that is closed is trouble, and what comes later is kept until it is open") {
  const StderrCapture captured;
  Pipe pipe;
  const int fd = ::dup(pipe.writer());
  ::close(fd);
  StreamSink sink(fd, "stdout");
  put(sink, "one\n", 1);
  sink.flush(0);
  put(sink, "two\n", 2);
  CHECK(pending_in(sink) == 2);
  REQUIRE(::dup2(pipe.writer(), fd) == fd);
  sink.flush(1000);
  sink.settle();
  CHECK(sink.idle());
  sink.close(0);
  ::close(fd);
  pipe.close_writer();
  CHECK(pipe.read_all() == "one\ntwo\n");
  CHECK(captured.text() ==
        "xylem: [Errno 9] Bad file descriptor: 'stdout' (lines are kept and tried again)\n"
        "xylem: 'stdout' can be written again\n");
}

TEST_CASE("a console that nobody reads does not hold back the file") {
  constexpr int records = 20'000;
  const TempDir dir;
  const StderrCapture captured;
  Pipe pipe;
  const Gain gain;
  std::string received;
  std::size_t in_file = 0;
  xylem::Stats before_reading{};
  {
    const Redirected redirected{1, pipe.writer()};
    const Session session{to_both(dir / "log.jsonl", "{}")};
    log_numbers(records);
    xylem::flush();
    in_file = messages(dir / "log.jsonl").size();
    before_reading = gain.get();
    Reader reader{pipe};
    xylem::shutdown();
    pipe.close_writer();
    ::close(1);
    received = reader.text();
  }
  CHECK(in_file == records);
  CHECK(before_reading.pending > 0);
  CHECK(before_reading.written + before_reading.pending == records);
  std::string expected;
  for (const std::string& message : messages(dir / "log.jsonl")) expected += message + '\n';
  CHECK(received == expected);
  const xylem::Stats stats = gain.get();
  CHECK(stats.written == records);
  CHECK(stats.failed + stats.dropped + stats.pending == 0);
  CHECK(captured.text() == "");
}

TEST_CASE("a line holds its record until the pipe has it, sent or not") {
  Pipe pipe;
  const StderrCapture captured;
  StreamSink sink(pipe.writer(), "pipe");
  put(sink, numbered_line(7, 100), 7);
  CHECK(sink.oldest_behind() == std::uint64_t{7});
  sink.flush(0);
  sink.settle();
  CHECK(!sink.oldest_behind());
  put_lines(sink, 8, 2'000, 100);
  sink.flush(1);
  put(sink, numbered_line(2'008, 100), 2'008);
  CHECK(sink.oldest_behind() == std::uint64_t{8});
  Reader reader{pipe};
  sink.close(1000);
  pipe.close_writer();
  CHECK(reader.text().size() == std::size_t{2'002} * 100);
}

TEST_CASE("a log file that is a named pipe which nobody reads does not hold back another file") {
  constexpr int records = 20'000;
  const TempDir dir;
  const StderrCapture captured;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  const int reader = ::open((dir / "fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const Gain gain;
  std::string received;
  {
    const Session session{to_fifo_and_file(dir / "fifo", dir / "log.jsonl")};
    log_numbers(records);
    xylem::flush();
    CHECK(messages(dir / "log.jsonl").size() == records);
    CHECK(gain.get().pending > 0);
    ::fcntl(reader, F_SETFL, 0);
    std::thread reads{[&] {
      char some[4096];
      for (ssize_t n; (n = ::read(reader, some, sizeof some)) > 0;) {
        received.append(some, static_cast<std::size_t>(n));
      }
    }};
    xylem::shutdown();
    reads.join();
  }
  ::close(reader);
  std::string expected;
  for (const std::string& message : messages(dir / "log.jsonl")) expected += message + '\n';
  CHECK(received == expected);
  CHECK(gain.get().written == records);
}

TEST_CASE("what a console that nobody reads costs is bounded by the configuration, and exact") {
  constexpr int records = 20'000;
  const TempDir dir;
  const StderrCapture captured;
  Pipe pipe;
  const Gain gain;
  std::string received;
  {
    const Redirected redirected{1, pipe.writer()};
    const Session session{to_both(dir / "log.jsonl", R"({"sinks": {"max_kept_bytes": 100000}})")};
    log_numbers(records);
    xylem::shutdown();  // ends although the pipe stays full
    pipe.close_writer();
    ::close(1);
    received = pipe.read_all();
  }
  CHECK(messages(dir / "log.jsonl").size() == records);
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == records);
  CHECK(stats.written == count(received, "\n"));
  CHECK(stats.written + stats.failed == records);
  CHECK(stats.pending == 0);
  CHECK(count(captured.text(), "too slow") == 1);
}
