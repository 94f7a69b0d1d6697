// xylem.RotatingFileHandler: by size and time, old files packed, bounds on what is kept.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "config/file_handlers.hpp"
#include "config_support.hpp"
#include "sink/archive_file_sink.hpp"
#include "sink/packing.hpp"
#include "sink_support.hpp"

using sink_test::numbered_line;
using sink_test::put;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using sink_test::write_file;
using xylem::sink::ArchiveFileSink;
using xylem::sink::ArchiveOptions;
using xylem::sink::dated_files;
using xylem::sink::DatedFile;
using xylem::sink::pack_file;
using xylem::sink::Packing;
using xylem::sink::PackOutcome;
using xylem::sink::RolloverSchedule;
using xylem::sink::Unpacker;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
const std::atomic<bool> not_stopping{false};

std::string unpacked(const std::string& path) {
  std::string_view name = path;
  const auto packing = xylem::sink::take_extension(name);
  if (!packing) return read_file(path);
  Unpacker unpacker{path, *packing};
  std::string text;
  std::string piece(1000, '\0');
  for (std::size_t n = 1; n > 0; text.append(piece, 0, n)) {
    n = unpacker.read(piece.data(), piece.size());
  }
  return text;
}

/// What the program that people use makes of it.
std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char piece[4096];
  for (std::size_t n = 1; n > 0; text.append(piece, n))
    n = std::fread(piece, 1, sizeof piece, pipe);
  ::pclose(pipe);
  return text;
}

std::vector<DatedFile> old_files(const std::string& path) {
  std::vector<DatedFile> files;
  CHECK(dated_files(path, files) == 0);
  return files;
}

/// Everything that was logged and is kept, oldest first.
std::string everything(const std::string& path) {
  std::string text;
  for (const DatedFile& file : old_files(path)) text += unpacked(file.path);
  return text + read_file(path);
}

void wait_for(const std::function<bool()>& condition) {
  for (int i = 0; i < 5000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(condition());
}

/// A listing may lack a file that is being renamed, so it takes all of them.
bool all_packed(const std::string& path, std::size_t count) {
  const std::vector<DatedFile> files = old_files(path);
  return files.size() == count &&
         std::all_of(files.begin(), files.end(), [](const DatedFile& file) {
           return file.packing.has_value() && !file.is_unfinished;
         });
}

std::string random_text(std::size_t bytes, unsigned seed) {
  std::mt19937 random{seed};
  std::string text;
  while (text.size() < bytes) text += "record " + std::to_string(random()) + " of a log\n";
  text.resize(bytes);
  return text;
}

}  // namespace

TEST_CASE("what is packed is what it was, for gzip(1) and zstd(1) too, whatever its size") {
  const TempDir dir;
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    for (const std::size_t bytes : {0U, 1U, 4095U, 131072U, 131073U, 3'000'000U}) {
      CAPTURE(bytes);
      const std::string path = dir / "log.2026-11-23";
      const std::string packed = path + std::string{xylem::sink::extension_of(packing)};
      const std::string text = random_text(bytes, static_cast<unsigned>(bytes));
      write_file(path, text);
      ::chmod(path.c_str(), 0640);
      const timespec times[2] = {{1000, 5}, {2000, 6}};
      ::utimensat(AT_FDCWD, path.c_str(), times, 0);
      CHECK(pack_file(path, packing, not_stopping) == PackOutcome::packed);
      CHECK_FALSE(fs::exists(path));
      CHECK_FALSE(fs::exists(packed + ".tmp"));
      CHECK(unpacked(packed) == text);
      if (packing == Packing::gzip) CHECK(output_of("gzip -dc " + packed) == text);
      struct stat status {};
      REQUIRE(::stat(packed.c_str(), &status) == 0);
      CHECK((status.st_mode & 0777) == 0640);
      CHECK(status.st_mtim.tv_sec == 2000);
      if (bytes > 1000) CHECK(fs::file_size(packed) < bytes / 2);
    }
  }
}

TEST_CASE("a packed file that is damaged or cut ends early") {
  const TempDir dir;
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    const std::string path = dir / "log.2026-11-23";
    const std::string packed = path + std::string{xylem::sink::extension_of(packing)};
    const std::string text = random_text(500'000, 1);
    write_file(path, text);
    REQUIRE(pack_file(path, packing, not_stopping) == PackOutcome::packed);
    const std::string bytes = read_file(packed);
    write_file(packed, bytes.substr(0, bytes.size() / 2));
    CHECK(text.starts_with(unpacked(packed)));
    write_file(packed, "no packed file at all");
    CHECK(unpacked(packed) == "");
    write_file(packed, bytes + bytes);
    CHECK(unpacked(packed) == text + text);
  }
  CHECK(unpacked(dir / "missing.gz") == "");
}

TEST_CASE("a file is packed by one process at a time, and one that is stopped leaves nothing") {
  const TempDir dir;
  const std::string path = dir / "log.2026-11-23";
  write_file(path, "text\n");
  const int other = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  CHECK(pack_file(path, Packing::gzip, not_stopping) == PackOutcome::left_alone);
  ::close(other);
  const std::atomic<bool> stopping{true};
  CHECK(pack_file(path, Packing::gzip, stopping) == PackOutcome::stopped);
  CHECK(read_file(path) == "text\n");
  CHECK_FALSE(fs::exists(path + ".gz"));
  CHECK_FALSE(fs::exists(path + ".gz.tmp"));
  CHECK(pack_file(dir / "missing", Packing::gzip, not_stopping) == PackOutcome::left_alone);
}

TEST_CASE("a file that is removed while it is packed does not come back as a packed one") {
  const TempDir dir;
  const std::string path = dir / "log.2026-11-23";
  std::string text;
  std::minstd_rand random;
  while (text.size() < (std::size_t{8} << 20)) text += std::to_string(random());
  write_file(path, text);
  // As rotation does with the oldest.
  std::thread remover{[&] {
    while (!fs::exists(path + ".gz.tmp")) std::this_thread::yield();
    fs::remove(path);
  }};
  pack_file(path, Packing::gzip, not_stopping);
  remover.join();
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("old files are numbered within a date, packed, and together hold every line") {
  const TempDir dir;
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    const std::string path = dir / (packing == Packing::gzip ? "a" : "b");
    ArchiveOptions options;
    options.size.max_bytes = 2000;
    options.packing = packing;
    options.now_s = [] { return std::int64_t{1'700'000'000}; };
    ArchiveFileSink sink(path, options);
    sink.take_over();
    std::string expected;
    for (std::uint64_t i = 0; i < 300; ++i) {
      const std::string line = numbered_line(i, 100);
      put(sink, line, i);
      expected += line;
      if (i % 37 == 0) sink.flush(0);
    }
    sink.flush(0);
    wait_for([&] { return all_packed(path, 15); });
    const std::vector<DatedFile> files = old_files(path);
    REQUIRE(files.size() == 15);
    CHECK(files[0].date == "2023-11-14_22-13-20");
    for (std::size_t i = 0; i < files.size(); ++i) {
      CHECK(files[i].number == static_cast<int>(i) + 1);
      CHECK(files[i].packing == packing);
    }
    CHECK(everything(path) == expected);
    sink.close(0);
  }
}

TEST_CASE("size and time both make a file roll, and an empty one never does") {
  const TempDir dir;
  ArchiveOptions options;
  options.size.max_bytes = 300;
  options.schedule = RolloverSchedule::Options{
      .when = RolloverSchedule::When::day, .weekday = 0, .units = 1, .is_utc = true};
  options.now_s = [] { return std::int64_t{86'400 / 2}; };
  ArchiveFileSink sink(dir / "log", options);
  std::uint64_t record = 0;
  const auto log_at = [&](std::int64_t second) {
    sink.note_time(second * second_ns);
    put(sink, numbered_line(record, 100), record);
    ++record;
  };
  // Days end at noon: the file was begun then.
  for (int i = 0; i < 5; ++i) log_at(90'000);
  for (int i = 0; i < 2; ++i) log_at(86'400 * 2);
  log_at(86'400 * 9);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01") == numbered_line(0, 100) + numbered_line(1, 100));
  CHECK(read_file(dir / "log.1970-01-01.2") == numbered_line(2, 100) + numbered_line(3, 100));
  CHECK(read_file(dir / "log.1970-01-01.3") == numbered_line(4, 100));
  CHECK(read_file(dir / "log.1970-01-03") == numbered_line(5, 100) + numbered_line(6, 100));
  CHECK(read_file(dir / "log") == numbered_line(7, 100));
  CHECK(old_files(dir / "log").size() == 4);
}

TEST_CASE("the oldest files go first, by their number or by what all have together") {
  const TempDir dir;
  const std::string path = dir / "log";
  ArchiveOptions options;
  options.size.max_bytes = 250;
  options.now_s = [] { return std::int64_t{1'700'000'000}; };
  write_file(path + ".2020-01-01.gz", "old");
  write_file(path + ".2020-01-01.2", "old");
  write_file(path + ".config", "not ours");
  SUBCASE("by number") {
    options.backup_count = 12;
  }
  SUBCASE("by size") {
    options.total_bytes = 2450;
  }
  ArchiveFileSink sink(path, options);
  std::string expected;
  for (std::uint64_t i = 0; i < 41; ++i) {
    put(sink, numbered_line(i, 100), i);
    if (i >= 16) expected += numbered_line(i, 100);
  }
  sink.close(0);
  CHECK(old_files(path).size() == 12);
  CHECK(old_files(path).front().number == 9);
  CHECK(everything(path) == expected);
  CHECK(fs::exists(path + ".config"));
}

TEST_CASE("what a process left unpacked, or half packed, is packed at the next start") {
  const TempDir dir;
  const std::string path = dir / "log";
  write_file(path + ".2026-11-20", "a\n");
  write_file(path + ".2026-11-21", "b\n");
  write_file(path + ".2026-11-21.zst.tmp", "half of i");
  write_file(path + ".2026-11-22", "c\n");
  write_file(path + ".2026-11-22.zst", "renamed, but the other not removed");
  write_file(path + ".2026-11-22.2.gz.tmp", "of nothing that is there");
  write_file(path, "d\n");
  ArchiveOptions options;
  options.packing = Packing::zstd;
  ArchiveFileSink sink(path, options);
  CHECK(read_file(path + ".2026-11-20") == "a\n");
  sink.take_over();
  wait_for([&] { return all_packed(path, 3); });
  CHECK(old_files(path).size() == 3);
  CHECK(everything(path) == "a\nb\nc\nd\n");
  sink.close(0);
}

TEST_CASE("whenever a process that packs is killed, no line is lost and the next one finishes") {
  const TempDir dir;
  const std::string path = dir / "log";
  const std::string text = random_text(8'000'000, 7);
  for (int delay_us = 0; delay_us < 60'000; delay_us += 4'000) {
    CAPTURE(delay_us);
    write_file(path + ".2026-11-20", text);
    const pid_t child = ::fork();
    if (child == 0) {
      pack_file(path + ".2026-11-20", Packing::zstd, not_stopping);
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds{delay_us});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    {
      ArchiveOptions options;
      options.packing = Packing::zstd;
      ArchiveFileSink sink(path, options);
      sink.take_over();
      wait_for([&] { return all_packed(path, 1); });
      sink.close(0);
    }
    CHECK(old_files(path).size() == 1);
    CHECK(unpacked(path + ".2026-11-20.zst") == text);
  }
}

TEST_CASE("the end of a sink does not wait long for a large file, which stays as it was") {
  const TempDir dir;
  const std::string path = dir / "log";
  const std::string text = random_text(64'000'000, 3);
  write_file(path + ".2026-11-20", text);
  ArchiveOptions options;
  options.packing = Packing::gzip;
  ArchiveFileSink sink(path, options);
  sink.take_over();
  sink.close(0);
  const std::vector<DatedFile> files = old_files(path);
  REQUIRE(files.size() == 1);
  CHECK(unpacked(files[0].path) == text);
}

TEST_CASE("a program's lines go through rotation by size with packed backups") {
  const TempDir dir;
  const std::string path = dir / "log";
  xylem::configure(R"({"version": 1, "handlers": {"h": {"class": "xylem.RotatingFileHandler",
    "maxBytes": 5000, "when": "midnight", "utc": true, "compress": "gzip", "filename": ")" +
                   path + R"("}}, "root": {"level": "INFO", "handlers": ["h"]}})");
  const xylem::Logger log = xylem::get_logger("app");
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    log.info("line {}", i);
    expected += "line " + std::to_string(i) + "\n";
  }
  xylem::flush();
  wait_for([&] { return all_packed(path, 9); });
  xylem::shutdown();
  CHECK(old_files(path).size() == 9);
  CHECK(everything(path) == expected);
}

TEST_CASE("settings of the handler are read, told and refused") {
  const auto plan = xylem::config::parse(
      R"j({"version": 1, "handlers": {"h": {"class": "xylem.RotatingFileHandler", "filename": "x",
          "maxBytes": 1000, "when": "H", "interval": 6, "backupCount": 9, "compress": "zstd",
          "totalBytes": 50000}, "i": {"()": "xylem.RotatingFileHandler", "filename": "y"}}})j");
  const auto& both = std::get<xylem::config::ArchiveFilePlan>(plan.handlers[0].kind);
  CHECK(
      xylem::config::rolling_text(both) ==
      ", 1000 bytes a file, rolls over every 6 × hour, zstd, 9 backups, backups of 50000 bytes in "
      "all");
  const auto& none = std::get<xylem::config::ArchiveFilePlan>(plan.handlers[1].kind);
  CHECK(xylem::config::rolling_text(none) == ", never rolls over");
  const auto refused = [](const std::string& arguments, std::string_view message,
                          std::string_view path) {
    const std::string config =
        R"({"version": 1, "handlers": {"h": {"class": "xylem.RotatingFileHandler", "filename": "x", )" +
        arguments + "}}}";
    const std::string text = "Unable to configure handler 'h': " + std::string{message};
    config_test::check_refused({config, text, path});
  };
  refused(R"("compress": "bzip2")", "Expected 'zstd' or 'gzip', got 'bzip2'",
          "handlers.h.compress");
  refused(R"("compress": true)", "Expected 'zstd' or 'gzip', got True", "handlers.h.compress");
  refused(R"("interval": 2)", "interval is of no use without when", "handlers.h.interval");
  refused(R"("when": "Q")", "Invalid rollover interval specified: Q", "handlers.h.when");
  refused(R"("totalBytes": "1G")", "'>' not supported between instances of 'str' and 'int'",
          "handlers.h.totalBytes");
}
