// Space is allocated ahead of a file that grows fast: nobody must notice but the clock.

#include <cstdint>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sink/file_sink.hpp"
#include "sink_support.hpp"

using sink_test::put;
using sink_test::read_file;
using sink_test::TempDir;
using xylem::sink::FileSink;

namespace {

constexpr std::uint64_t spare_bytes = std::uint64_t{512} << 10;  // metadata and rounding

std::uint64_t allocated_bytes(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

/// Whether this file system allocates without growing the file; false on old or remote ones.
bool can_allocate_ahead(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const bool can = ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20) == 0;
  ::close(fd);
  return can;
}

bool is_memory_file_system(const std::string& path) {
  struct statfs system {};
  return ::statfs(path.c_str(), &system) == 0 && system.f_type == TMPFS_MAGIC;
}

std::string write_lines(FileSink& sink, std::uint64_t lines) {
  std::string text;
  for (std::uint64_t record = 0; record < lines; ++record) {
    const std::string line = std::to_string(record) + std::string(1000, 'x') + '\n';
    put(sink, line, record);
    text += line;
    if (record % 100 == 99) sink.flush(static_cast<std::int64_t>(record));
  }
  sink.flush(static_cast<std::int64_t>(lines));
  return text;
}

}  // namespace

TEST_CASE("a file that grew fast ends with its last line, and gives back what it did not use") {
  const TempDir dir;
  const std::string path = dir / "log";
  FileSink sink(path);
  const std::string text = write_lines(sink, 5000);
  CHECK(read_file(path) == text);
  sink.close(0);
  CHECK(read_file(path) == text);
  CHECK(allocated_bytes(path) <= text.size() + spare_bytes);
}

TEST_CASE("what a crash left behind the end of a file is given back when it is opened again") {
  const TempDir dir;
  const std::string path = dir / "log";
  if (!can_allocate_ahead(dir / "probe")) return;
  sink_test::write_file(path, "a line\n");
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 8 << 20) == 0);
  ::close(fd);
  REQUIRE(allocated_bytes(path) >= (std::uint64_t{8} << 20));
  FileSink sink(path);
  put(sink, "another\n", 1);
  sink.flush(0);
  CHECK(read_file(path) == "a line\nanother\n");
  if (!is_memory_file_system(path)) CHECK(allocated_bytes(path) <= spare_bytes);
  sink.close(0);
}

TEST_CASE("nothing is cut off a file that somebody else may be appending to") {
  const TempDir dir;
  const std::string path = dir / "log";
  if (!can_allocate_ahead(dir / "probe") || is_memory_file_system(dir / "probe")) return;
  std::string text;
  const auto write_and_close = [&](auto&& meanwhile) {
    FileSink sink(path);
    text += write_lines(sink, 5000);
    meanwhile(sink);
    sink.close(0);
    return allocated_bytes(path) > text.size() + spare_bytes;
  };
  int other = -1;
  CHECK(write_and_close([&](FileSink&) {
    other = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    REQUIRE(other >= 0);
  }));
  REQUIRE(::write(other, "another's\n", 10) == 10);
  text += "another's\n";
  ::close(other);
  // A child of a fork has the same open file, which nothing shows.
  CHECK(write_and_close([](FileSink& sink) { sink.share(); }));
  // Alone again, whatever is left over is given back.
  CHECK_FALSE(write_and_close([](FileSink&) {}));
  CHECK(read_file(path) == text);
}
