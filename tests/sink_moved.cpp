// What others do to log files: delete them, rename them, take the directory away, fill the file
// system or make it read-only.

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount_support.hpp"
#include "sink/file_sink.hpp"
#include "sink/rotating_file_sink.hpp"
#include "sink_support.hpp"

namespace {

using namespace sink_test;
using mount_test::with_own_mounts;
using xylem::sink::FileSink;
using xylem::sink::RotatingFileSink;

namespace fs = std::filesystem;

}  // namespace

TEST_CASE("a log file that is deleted is made anew, and only lines that were in it are gone") {
  const TempDir dir;
  const StderrCapture captured;
  FileSink sink(dir / "log");
  put(sink, "old\n", 1);
  sink.flush(0);
  fs::remove(dir / "log");
  put(sink, "new\n", 2);
  sink.flush(1);
  CHECK(read_file(dir / "log") == "new\n");
  fs::remove(dir / "log");
  put(sink, "newer\n", 3);
  sink.close(0);
  CHECK(read_file(dir / "log") == "newer\n");
  CHECK(captured.text() == "");
}

TEST_CASE("lines follow the name of a file that logrotate has moved, and none is lost") {
  const TempDir dir;
  FileSink sink(dir / "log", {.mode = xylem::sink::OpenMode::truncate});
  sink.begin();
  put(sink, "one\n", 1);
  sink.flush(0);
  fs::rename(dir / "log", dir / "log.1");
  put(sink, "two\n", 2);
  sink.flush(50);  // too early to look: goes where the file went
  put(sink, "three\n", 3);
  sink.flush(150);
  CHECK(read_file(dir / "log.1") == "one\ntwo\n");
  CHECK(read_file(dir / "log") == "three\n");
  // As logrotate's "create" does, which makes the new file itself.
  fs::rename(dir / "log", dir / "log.2");
  write_file(dir / "log", "made by logrotate\n");
  put(sink, "four\n", 4);
  sink.flush(300);
  CHECK(read_file(dir / "log") == "made by logrotate\nfour\n");
  sink.close(0);
}

TEST_CASE("a moved file goes on to be written where no new one can be made") {
  const TempDir dir;
  fs::create_directory(dir / "sub");
  FileSink sink(dir / "sub/log");
  put(sink, "one\n", 1);
  sink.flush(0);
  fs::rename(dir / "sub/log", dir / "moved");
  fs::remove(dir / "sub");
  put(sink, "two\n", 2);
  sink.flush(200);
  CHECK(sink.idle());
  CHECK(read_file(dir / "moved") == "one\ntwo\n");
  sink.close(0);
}

TEST_CASE("lines are kept while their directory is gone, and written once it is back") {
  const TempDir dir;
  const StderrCapture captured;
  fs::create_directory(dir / "sub");
  RotatingFileSink sink(dir / "sub/log", {.max_bytes = 1000, .backup_count = 2});
  put(sink, "gone with the directory\n", 1);
  sink.flush(0);
  fs::remove_all(dir / "sub");
  put(sink, "one\n", 2);
  sink.flush(1);
  put(sink, "two\n", 3);
  sink.flush(500);
  CHECK_FALSE(sink.idle());
  fs::create_directory(dir / "sub");
  sink.flush(5000);
  CHECK(sink.idle());
  CHECK(read_file(dir / "sub/log") == "one\ntwo\n");
  sink.close(0);
  CHECK(failed_in(sink) == 0);
  const std::string path = "'" + (dir / "sub/log") + "'";
  CHECK(captured.text() == "xylem: [Errno 2] No such file or directory: " + path +
                               " (lines are kept and tried again)\nxylem: " + path +
                               " can be written again\n");
}

TEST_CASE("a line that was torn in a file that is deleted or moved then is whole in the next") {
  const TempDir dir;
  const StderrCapture captured;
  on_consumer_thread([&] {
    FileSink sink(dir / "log", {}, {.buffer_bytes = 4096});
    rlimit former;
    ::getrlimit(RLIMIT_FSIZE, &former);
    const rlimit limit{.rlim_cur = 150, .rlim_max = former.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    put(sink, numbered_line(1, 100), 1);
    put(sink, numbered_line(2, 100), 2);
    sink.flush(0);
    for (std::uint64_t i = 3; i < 200; ++i)
      put(sink, numbered_line(i, 100), i);  // the buffer grows
    ::setrlimit(RLIMIT_FSIZE, &former);
    fs::rename(dir / "log", dir / "log.1");
    sink.flush(1000);
    CHECK(sink.idle());
    sink.close(0);
  });
  CHECK(read_file(dir / "log.1") == numbered_line(1, 100));
  std::string expected;
  for (std::uint64_t i = 2; i < 200; ++i) expected += numbered_line(i, 100);
  CHECK(read_file(dir / "log") == expected);
}

TEST_CASE("a small disk that is full tears no line and takes them all once there is room") {
  const TempDir dir;
  const std::string complaint = with_own_mounts([&]() -> std::string {
    if (::mount("none", dir.path().c_str(), "tmpfs", 0, "size=64k") != 0) return "no tmpfs";
    write_file(dir / "other", std::string(40'000, 'o'));
    const StderrCapture captured;
    FileSink sink(dir / "log", {}, {.buffer_bytes = 4096});
    std::string expected;
    for (std::uint64_t i = 0; i < 500; ++i) {
      put(sink, numbered_line(i, 100), i);
      expected += numbered_line(i, 100);
      if (i % 10 == 0) sink.flush(static_cast<std::int64_t>(i));
    }
    if (sink.idle()) return "the disk was not full";
    fs::remove(dir / "other");
    sink.flush(10'000);
    if (!sink.idle()) return "still in trouble";
    sink.close(0);
    if (failed_in(sink) != 0) return "lines were lost";
    if (read_file(dir / "log") != expected) return "the file is not what it should be";
    if (count(captured.text(), "No space left on device") != 1) return captured.text();
    return count(captured.text(), "\n") == 2 ? "" : captured.text();
  });
  CHECK(complaint == "");
}

TEST_CASE("lines are kept while a file system is read-only, and written once it is not") {
  const TempDir dir;
  const std::string complaint = with_own_mounts([&]() -> std::string {
    const char* const path = dir.path().c_str();
    if (::mount("none", path, "tmpfs", 0, "size=1m") != 0) return "no tmpfs";
    if (::mount(nullptr, path, nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return "no remount";
    const StderrCapture captured;
    FileSink sink(dir / "log", {.delay = true});
    put(sink, "one\n", 1);
    sink.flush(0);
    put(sink, "two\n", 2);
    sink.flush(500);
    if (sink.idle()) return "written to a read-only file system";
    if (::mount(nullptr, path, nullptr, MS_REMOUNT, nullptr) != 0) return "no second remount";
    sink.flush(5000);
    sink.close(0);
    if (failed_in(sink) != 0) return "lines were lost";
    if (read_file(dir / "log") != "one\ntwo\n") return "lines are missing";
    return count(captured.text(), "Read-only file system") == 1 ? "" : captured.text();
  });
  CHECK(complaint == "");
}
