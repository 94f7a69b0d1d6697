#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/rotating_file_sink.hpp"
#include "sink_support.hpp"

using sink_test::put;
using sink_test::read_file;
using sink_test::TempDir;
using xylem::sink::OpenMode;
using xylem::sink::RotatingFileSink;

namespace {

struct Before {
  std::string suffix;
  std::size_t bytes;
};

/// A file afterwards: `old_bytes` of what was there, then `lines` lines from number `first_line`.
struct After {
  std::string suffix;
  std::size_t old_bytes;
  int first_line;
  int lines;
  std::size_t bytes;
};

struct Case {
  const char* name;
  std::uint32_t seed;
  int lines;
  std::uint32_t span;
  std::int64_t max_bytes;
  int backup_count;
  OpenMode mode;
  bool delay;
  std::string terminator;
  std::vector<Before> before;
  std::vector<After> after;
};

// The last column is what logging.handlers.RotatingFileHandler of CPython 3.13.0 leaves behind when
// it is given the lines of lines_of() one by one.
// clang-format off
const std::vector<Case> cases = {
  {"five-byte lines that meet the limit exactly", 1, 10, 1, 10, 3, OpenMode::append, false, "\n", {}, {{"", 0, 9, 1, 5}, {".1", 0, 8, 1, 5}, {".2", 0, 7, 1, 5}, {".3", 0, 6, 1, 5}}},
  {"five-byte lines, a limit one byte higher", 1, 10, 1, 11, 3, OpenMode::append, false, "\n", {}, {{"", 0, 8, 2, 10}, {".1", 0, 6, 2, 10}, {".2", 0, 4, 2, 10}, {".3", 0, 2, 2, 10}}},
  {"mixed scripts, three backups", 7, 200, 60, 900, 3, OpenMode::append, false, "\n", {}, {{"", 0, 197, 3, 153}, {".1", 0, 183, 14, 883}, {".2", 0, 170, 13, 920}, {".3", 0, 160, 10, 878}}},
  {"mixed scripts, a dozen backups", 8, 400, 40, 2000, 12, OpenMode::append, false, "\n", {}, {{"", 0, 396, 4, 327}, {".1", 0, 360, 36, 1984}, {".2", 0, 319, 41, 1983}, {".3", 0, 281, 38, 1992}, {".4", 0, 243, 38, 2037}, {".5", 0, 206, 37, 1959}, {".6", 0, 173, 33, 1992}, {".7", 0, 136, 37, 2046}, {".8", 0, 98, 38, 1997}, {".9", 0, 67, 31, 2004}, {".10", 0, 29, 38, 1996}, {".11", 0, 0, 29, 2007}}},
  {"more than one buffer", 9, 3000, 200, 100000, 4, OpenMode::append, false, "\n", {}, {{"", 0, 2773, 227, 58750}, {".1", 0, 2400, 373, 100309}, {".2", 0, 2002, 398, 100564}, {".3", 0, 1621, 381, 100094}, {".4", 0, 1212, 409, 99966}}},
  {"one backup", 3, 50, 30, 300, 1, OpenMode::append, false, "\n", {}, {{"", 0, 48, 2, 118}, {".1", 0, 42, 6, 326}}},
  {"no backup: grows", 4, 50, 30, 300, 0, OpenMode::append, false, "\n", {}, {{"", 0, 0, 50, 2176}}},
  {"no limit", 5, 50, 30, 0, 3, OpenMode::append, false, "\n", {}, {{"", 0, 0, 50, 1978}}},
  {"a negative limit", 5, 50, 30, -5, 3, OpenMode::append, false, "\n", {}, {{"", 0, 0, 50, 1978}}},
  {"every line is longer than the limit", 6, 9, 3, 2, 4, OpenMode::append, false, "\n", {}, {{"", 0, 8, 1, 9}, {".1", 0, 7, 1, 7}, {".2", 0, 6, 1, 5}, {".3", 0, 5, 1, 5}, {".4", 0, 4, 1, 5}}},
  {"opened at the first line", 10, 40, 30, 250, 2, OpenMode::append, true, "\n", {}, {{"", 0, 34, 6, 148}, {".1", 0, 28, 6, 242}, {".2", 0, 23, 5, 260}}},
  {"appends to what is there", 11, 12, 10, 100, 5, OpenMode::append, false, "\n", {{"", 90}}, {{"", 0, 7, 5, 90}, {".1", 0, 0, 7, 99}, {".2", 90, 0, 0, 90}}},
  {"what is there is over the limit", 11, 3, 10, 100, 5, OpenMode::append, false, "\n", {{"", 150}}, {{"", 0, 0, 3, 54}, {".1", 150, 0, 0, 150}}},
  {"old backups move on, one beyond the count stays", 12, 20, 10, 80, 3, OpenMode::append, false, "\n", {{"", 10}, {".1", 11}, {".3", 13}, {".7", 17}}, {{"", 0, 16, 4, 72}, {".1", 0, 11, 5, 69}, {".2", 0, 7, 4, 73}, {".3", 10, 0, 7, 86}, {".7", 17, 0, 0, 17}}},
  {"mode w with a limit appends", 13, 12, 10, 100, 2, OpenMode::truncate, false, "\n", {{"", 50}}, {{"", 0, 6, 6, 118}, {".1", 50, 0, 6, 97}}},
  {"mode w without a limit truncates", 13, 12, 10, 0, 2, OpenMode::truncate, false, "\n", {{"", 50}}, {{"", 0, 0, 12, 165}}},
  {"two-character terminator", 14, 60, 20, 120, 4, OpenMode::append, false, "!\n", {}, {{"", 0, 58, 2, 89}, {".1", 0, 55, 3, 118}, {".2", 0, 51, 4, 113}, {".3", 0, 45, 6, 117}, {".4", 0, 43, 2, 123}}},
  {"no terminator", 15, 60, 20, 120, 4, OpenMode::append, false, "", {}, {{"", 0, 58, 2, 88}, {".1", 0, 53, 5, 109}, {".2", 0, 50, 3, 105}, {".3", 0, 44, 6, 127}, {".4", 0, 38, 6, 117}}},
  {"a missing terminator counts for one character", 1, 5, 1, 9, 4, OpenMode::append, false, "", {}, {{"", 0, 4, 1, 4}, {".1", 0, 3, 1, 4}, {".2", 0, 2, 1, 4}, {".3", 0, 1, 1, 4}, {".4", 0, 0, 1, 4}}},
  {"a long terminator counts for one character", 1, 9, 1, 14, 4, OpenMode::append, false, "!!!\n", {}, {{"", 0, 8, 1, 8}, {".1", 0, 6, 2, 16}, {".2", 0, 4, 2, 16}, {".3", 0, 2, 2, 16}, {".4", 0, 0, 2, 16}}},
};
// clang-format on

/// "0000", "0001"... followed by 0 to span-1 code points of 1, 2, 3 or 4 bytes each.
std::vector<std::string> lines_of(const Case& c) {
  const std::string_view units[] = {"a", "é", "日", "😀"};
  std::vector<std::string> out;
  std::uint32_t state = c.seed;
  for (int i = 0; i < c.lines; ++i) {
    state = state * 1103515245 + 12345;
    std::string line = std::to_string(i);
    line.insert(0, 4 - line.size(), '0');
    for (std::uint32_t n = (state >> 16) % c.span; n > 0; --n) line += units[(state >> 8) & 3];
    out.push_back(line + c.terminator);
  }
  return out;
}

std::string expected_text(const After& file, const std::vector<std::string>& lines) {
  std::string text(file.old_bytes, 'x');
  for (int i = 0; i < file.lines; ++i) text += lines[static_cast<std::size_t>(file.first_line + i)];
  return text;
}

std::size_t files_in(const TempDir& dir) {
  const std::filesystem::directory_iterator files(dir.path());
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

/// `lines_per_flush` 0: only when the buffer is full.
void check_case(const Case& c, std::size_t buffer_bytes, std::uint64_t lines_per_flush) {
  INFO(c.name, ", buffer of ", buffer_bytes, ", flushed every ", lines_per_flush);
  const TempDir dir;
  for (const Before& file : c.before) {
    sink_test::write_file(dir / ("log" + file.suffix), std::string(file.bytes, 'x'));
  }
  const std::vector<std::string> lines = lines_of(c);
  RotatingFileSink sink(dir / "log",
                        {.max_bytes = c.max_bytes,
                         .backup_count = c.backup_count,
                         .terminator_code_points = c.terminator.size()},
                        {.mode = c.mode, .delay = c.delay}, {.buffer_bytes = buffer_bytes});
  sink.begin();
  std::uint64_t record = 0;
  for (const std::string& line : lines) {
    put(sink, line, record++);
    if (lines_per_flush > 0 && record % lines_per_flush == 0) sink.flush(0);
  }
  sink.close(0);
  REQUIRE(sink.idle());
  REQUIRE(files_in(dir) == c.after.size());
  for (const After& file : c.after) {
    INFO("log", file.suffix);
    const std::string text = read_file(dir / ("log" + file.suffix));
    REQUIRE(text.size() == file.bytes);
    REQUIRE(text == expected_text(file, lines));
  }
}

}  // namespace

TEST_CASE("rotation leaves the files that CPython leaves, however lines are batched") {
  for (const Case& c : cases) {
    for (const std::size_t buffer_bytes : {4096, 1 << 20}) {
      for (const std::uint64_t lines_per_flush : {1, 2, 7, 0}) {
        check_case(c, buffer_bytes, lines_per_flush);
      }
    }
  }
}

TEST_CASE("an empty file is never rotated, not even for a line beyond the limit") {
  const TempDir dir;
  RotatingFileSink sink(dir / "log", {.max_bytes = 10, .backup_count = 2});
  put(sink, "much longer than ten bytes\n", 1);
  sink.close(0);
  CHECK(files_in(dir) == 1);
}

TEST_CASE("what is no regular file is never rotated") {
  const TempDir dir;
  std::filesystem::create_symlink("/dev/null", dir / "log");
  RotatingFileSink sink(dir / "log", {.max_bytes = 10, .backup_count = 2});
  for (std::uint64_t i = 0; i < 10; ++i) put(sink, "a line\n", i);
  sink.close(0);
  CHECK(sink.idle());
  CHECK(files_in(dir) == 1);
}

TEST_CASE("a symbolic link is rotated as CPython does: the link moves, the target stays") {
  const TempDir dir;
  sink_test::write_file(dir / "target", "");
  std::filesystem::create_symlink(dir / "target", dir / "log");
  RotatingFileSink sink(dir / "log", {.max_bytes = 10, .backup_count = 1});
  put(sink, "first line\n", 1);
  put(sink, "second line\n", 2);
  sink.close(0);
  CHECK(read_file(dir / "target") == "first line\n");
  CHECK(std::filesystem::is_symlink(dir / "log.1"));
  CHECK(read_file(dir / "log") == "second line\n");
}

TEST_CASE("a base file that someone moved away is no obstacle to rotation") {
  const TempDir dir;
  RotatingFileSink sink(dir / "log", {.max_bytes = 30, .backup_count = 2});
  put(sink, "the first twenty....\n", 1);
  sink.flush(0);
  std::filesystem::rename(dir / "log", dir / "elsewhere");
  put(sink, "the second twenty...\n", 2);
  sink.close(0);
  CHECK(read_file(dir / "elsewhere") == "the first twenty....\n");
  CHECK(read_file(dir / "log") == "the second twenty...\n");
  CHECK(files_in(dir) == 2);
}

TEST_CASE("descriptors do not pile up while files rotate") {
  const TempDir dir;
  const int before = ::dup(0);
  ::close(before);
  {
    RotatingFileSink sink(dir / "log", {.max_bytes = 20, .backup_count = 3});
    for (std::uint64_t i = 0; i < 1000; ++i) put(sink, "fifteen bytes..\n", i);
    sink.close(0);
  }
  const int after = ::dup(0);
  ::close(after);
  CHECK(after == before);
  CHECK(files_in(dir) == 4);
}

TEST_CASE("a rotation that cannot list the files there are removes none of them") {
  const TempDir dir;
  const sink_test::StderrCapture captured;
  RotatingFileSink sink(dir / "log", {.max_bytes = 150, .backup_count = 3});
  for (std::uint64_t i = 0; i < 2; ++i) put(sink, sink_test::numbered_line(i, 100), i);
  sink.flush(0);
  // UndefinedBehaviorSanitizer needs a descriptor when it first meets a type of object.
  static_cast<void>(std::generic_category().message(EMFILE));
  rlimit former{};
  ::getrlimit(RLIMIT_NOFILE, &former);
  const rlimit none_left{.rlim_cur = 0, .rlim_max = former.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none_left);
  put(sink, sink_test::numbered_line(2, 100), 2);
  sink.flush(0);
  ::setrlimit(RLIMIT_NOFILE, &former);
  CHECK(sink.idle());
  sink.close(0);
  CHECK(read_file(dir / "log.1") == sink_test::numbered_line(0, 100));
  CHECK(read_file(dir / "log") ==
        sink_test::numbered_line(1, 100) + sink_test::numbered_line(2, 100));
}

TEST_CASE("rotated files have the mode that the umask leaves") {
  const TempDir dir;
  const mode_t former = ::umask(027);
  RotatingFileSink sink(dir / "log", {.max_bytes = 20, .backup_count = 1});
  put(sink, "fifteen bytes..\n", 1);
  put(sink, "fifteen bytes..\n", 2);
  sink.close(0);
  ::umask(former);
  struct stat status;
  REQUIRE(::stat((dir / "log").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  REQUIRE(::stat((dir / "log.1").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}
