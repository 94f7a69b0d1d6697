#include <cstdint>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "sink/file_sink.hpp"
#include "sink/line_buffer.hpp"
#include "sink/null_sink.hpp"
#include "sink/posix_file.hpp"
#include "sink/stream_sink.hpp"
#include "sink_support.hpp"

using sink_test::put;
using sink_test::read_file;
using sink_test::TempDir;
using xylem::sink::absolute_path;
using xylem::sink::FileError;
using xylem::sink::FileSink;
using xylem::sink::LineBuffer;
using xylem::sink::NullSink;
using xylem::sink::OpenMode;
using xylem::sink::RecordRange;
using xylem::sink::StreamSink;

namespace {

std::string error_of(const std::string& path) {
  try {
    FileSink sink(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "opened";
}

}  // namespace

TEST_CASE("lines reach the file at flush, in order, and only then") {
  const TempDir dir;
  FileSink sink(dir / "log");
  CHECK(sink.idle());
  CHECK_FALSE(sink.pending().has_value());
  put(sink, "one\n", 7);
  put(sink, "two\n", 9);
  CHECK(read_file(dir / "log").empty());
  CHECK(sink.buffered_bytes() == 8);
  CHECK(sink.pending() == RecordRange{7, 9});
  sink.flush(0);
  CHECK(read_file(dir / "log") == "one\ntwo\n");
  CHECK(sink.idle());
  CHECK_FALSE(sink.pending().has_value());
  CHECK(sink.retry_at_ms() == INT64_MAX);
}

TEST_CASE("a line whose formatter failed leaves no trace but its record") {
  const TempDir dir;
  FileSink sink(dir / "log");
  put(sink, "one\n", 1);
  sink.reserve(100)[0] = 'x';
  sink.give_up(2);
  put(sink, "three\n", 3);
  sink.close(0);
  CHECK(read_file(dir / "log") == "one\nthree\n");
  xylem::sink::RecordSet failed;
  sink.collect_failed(failed);
  CHECK(sink_test::numbers(failed) == std::vector<std::uint64_t>{2});
  sink.collect_failed(failed);
  CHECK(failed.size() == 1);
}

TEST_CASE("millions of bytes in lines of all sizes come out as they went in") {
  const TempDir dir;
  std::mt19937 random(5);
  std::string expected;
  FileSink sink(dir / "log", {}, {.buffer_bytes = 16384});
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::size_t size = random() % 10 == 0 ? random() % 40'000 : random() % 300;
    const std::string line(size, static_cast<char>('a' + i % 26));
    put(sink, line, i);
    expected += line;
    if (random() % 500 == 0) sink.flush(0);
  }
  sink.close(0);
  CHECK(read_file(dir / "log") == expected);
}

TEST_CASE("a line of 16 MiB is written whole between others, and its memory goes back") {
  class Probe : public FileSink {
   public:
    using FileSink::FileSink;
    std::size_t capacity() { return buffer().capacity_bytes(); }
  };
  const TempDir dir;
  Probe sink(dir / "log", {}, {.buffer_bytes = 65536});
  const std::size_t before = sink.capacity();
  std::string large(std::size_t{16} << 20, 'x');
  large += '\n';
  put(sink, "before\n", 1);
  put(sink, large, 2);
  CHECK(sink.capacity() == before);
  sink.reserve(large.size());  // reserved, never committed
  sink.flush(0);
  CHECK(sink.capacity() == before);
  put(sink, "after\n", 3);
  sink.close(0);
  CHECK(read_file(dir / "log") == "before\n" + large + "after\n");
}

TEST_CASE("a large bound for a short line costs no line its place") {
  const TempDir dir;
  FileSink sink(dir / "log", {}, {.buffer_bytes = 4096});
  for (std::uint64_t i = 0; i < 3; ++i) {
    char* at = sink.reserve(std::size_t{100} << 20);
    *at = static_cast<char>('0' + i);
    sink.commit(at + 1, i);
  }
  sink.close(0);
  CHECK(read_file(dir / "log") == "012");
}

TEST_CASE("mode a appends, mode w starts anew") {
  const TempDir dir;
  sink_test::write_file(dir / "log", "old\n");
  FileSink appending(dir / "log", {.mode = OpenMode::append});
  put(appending, "new\n", 1);
  appending.close(0);
  CHECK(read_file(dir / "log") == "old\nnew\n");
  FileSink truncating(dir / "log", {.mode = OpenMode::truncate});
  CHECK(read_file(dir / "log") == "old\nnew\n");
  truncating.begin();
  CHECK(read_file(dir / "log").empty());
  put(truncating, "newest\n", 1);
  truncating.flush(0);
  put(truncating, "of all\n", 2);
  truncating.close(0);
  CHECK(read_file(dir / "log") == "newest\nof all\n");
}

TEST_CASE("with delay the file is made by the first line, else at once") {
  const TempDir dir;
  {
    FileSink at_once(dir / "at once");
    FileSink delayed(dir / "delayed", {.delay = true});
    FileSink unused(dir / "unused", {.delay = true});
    CHECK(std::filesystem::exists(dir / "at once"));
    CHECK_FALSE(std::filesystem::exists(dir / "delayed"));
    put(delayed, "line\n", 1);
    delayed.close(0);
    unused.flush(0);
    unused.close(0);
  }
  CHECK(read_file(dir / "delayed") == "line\n");
  CHECK_FALSE(std::filesystem::exists(dir / "unused"));
}

TEST_CASE("a relative path means the directory at the time of configuration") {
  const TempDir dir;
  const std::filesystem::path former = std::filesystem::current_path();
  std::filesystem::create_directories(dir / "a");
  std::filesystem::create_directories(dir / "b");
  std::filesystem::current_path(dir / "a");
  FileSink sink("../a/./log", {.delay = true});
  std::filesystem::current_path(dir / "b");
  put(sink, "line\n", 1);
  sink.close(0);
  std::filesystem::current_path(former);
  CHECK(sink.path() == dir / "a/log");
  CHECK(read_file(dir / "a/log") == "line\n");
}

TEST_CASE("a file that cannot be opened is refused in CPython's words") {
  const TempDir dir;
  sink_test::write_file(dir / "file", "");
  CHECK(error_of(dir / "no/log") ==
        "[Errno 2] No such file or directory: '" + (dir / "no/log") + "'");
  CHECK(error_of(dir.path()) == "[Errno 21] Is a directory: '" + dir.path() + "'");
  CHECK(error_of(dir / "file/it's") ==
        "[Errno 20] Not a directory: \"" + (dir / "file/it's") + "\"");
  CHECK(error_of(dir / "file/a\"'b") ==
        "[Errno 20] Not a directory: '" + (dir / "file/a\"\\'b") + "'");
  CHECK(error_of(dir / "~/log\n") ==
        "[Errno 2] No such file or directory: '" + (dir / "~/log\\n") + "'");
  CHECK_THROWS_WITH_AS(FileSink(std::string("/tmp/a\0b", 8)), "embedded null byte",
                       std::invalid_argument);
}

TEST_CASE("paths are made absolute as os.path.abspath does") {
  const std::string here = std::filesystem::current_path().string();
  CHECK(absolute_path("") == here);
  CHECK(absolute_path("a/./b//c/") == here + "/a/b/c");
  CHECK(absolute_path("~/x") == here + "/~/x");
  CHECK(absolute_path("/a/../../..") == "/");
  CHECK(absolute_path("/..") == "/");
  CHECK(absolute_path("//x//y") == "//x/y");
  CHECK(absolute_path("//") == "//");
  CHECK(absolute_path("///x") == "/x");
  CHECK(absolute_path("/a/../b/...") == "/b/...");
}

TEST_CASE("log files are not inherited by programs that are started") {
  class Probe : public FileSink {
   public:
    using FileSink::FileSink;
    int fd() const { return descriptor(); }
  };
  const TempDir dir;
  Probe sink(dir / "log");
  CHECK((::fcntl(sink.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(sink.fd(), F_GETFL) & O_APPEND) != 0);
}

TEST_CASE("a log file never takes the place of a closed stdin, stdout or stderr") {
  class Probe : public FileSink {
   public:
    using FileSink::FileSink;
    int fd() const { return descriptor(); }
  };
  const TempDir dir;
  const int former = ::dup(0);
  ::close(0);
  {
    Probe sink(dir / "log");
    CHECK(sink.fd() > 2);
    CHECK((::fcntl(sink.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  }
  ::dup2(former, 0);
  ::close(former);
}

TEST_CASE("a stream is written to and left open") {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  {
    StreamSink sink(pipe[1], "a pipe");
    CHECK(sink.name() == "a pipe");
    put(sink, "one\n", 1);
    sink.close(0);
  }
  REQUIRE(::write(pipe[1], "two\n", 4) == 4);
  ::close(pipe[1]);
  char text[64];
  const ssize_t bytes = ::read(pipe[0], text, sizeof text);
  ::close(pipe[0]);
  CHECK(std::string(text, static_cast<std::size_t>(bytes)) == "one\ntwo\n");
}

TEST_CASE("the null sink takes everything and keeps nothing") {
  NullSink sink;
  for (std::uint64_t i = 0; i < 10'000; ++i) put(sink, std::string(100, 'x'), i);
  CHECK_FALSE(sink.idle());
  sink.flush(0);
  CHECK(sink.idle());
  xylem::sink::RecordSet failed;
  sink.collect_failed(failed);
  CHECK(failed.empty());
  sink.close(0);
}

TEST_CASE("after a partial write the buffer knows which lines are whole") {
  LineBuffer buffer(4096);
  for (std::uint64_t i = 0; i < 10; ++i) buffer.commit(buffer.reserve(10) + 10, i);
  buffer.commit(buffer.reserve(0), 10);
  buffer.take(0);
  CHECK(buffer.lines() == 11);
  buffer.take(25);
  CHECK(buffer.torn_bytes() == 5);
  CHECK(buffer.lines() == 9);
  CHECK(buffer.mark(0).record == 2);
  CHECK(buffer.mark(0).bytes == 10);
  buffer.take_back();
  CHECK(buffer.lines() == 8);
  // What was taken of a torn line stays. The rest just fits: nothing grows.
  buffer.make_room(4096 - buffer.used_bytes() - buffer.torn_bytes() - 80, 4096);
  CHECK(buffer.capacity_bytes() == 4096);
  CHECK(buffer.torn_bytes() == 5);
  CHECK(buffer.mark(7).record == 9);
  buffer.make_room(4000, 4096);
  CHECK(buffer.capacity_bytes() > 4096);
  CHECK(buffer.mark(0).record == 2);
  buffer.shrink(4096);
  CHECK(buffer.capacity_bytes() > 4096);  // not while it holds lines
  buffer.take(75);
  CHECK(buffer.empty());
  buffer.shrink(4096);
  CHECK(buffer.capacity_bytes() == 4096);
}

TEST_CASE("lines without a single byte are lines") {
  const TempDir dir;
  FileSink sink(dir / "log");
  put(sink, "", 1);
  CHECK_FALSE(sink.idle());
  sink.flush(0);
  CHECK(sink.idle());
  put(sink, "", 2);
  put(sink, "x", 3);
  put(sink, "", 4);
  sink.close(0);
  CHECK(sink.idle());
  CHECK(read_file(dir / "log") == "x");
}
