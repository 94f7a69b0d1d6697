#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "crash/file.hpp"
#include "crash/kept.hpp"
#include "sink/file_sink.hpp"
#include "sink_support.hpp"

namespace fs = std::filesystem;
namespace crash = xylem::crash;

using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;

namespace {

/// The fixed part of a crash file, on a page as it wants to be.
std::unique_ptr<crash::Fixed> fixed_of(const std::string& bytes) {
  auto fixed = std::make_unique<crash::Fixed>();
  std::memcpy(static_cast<void*>(fixed.get()), bytes.data(), sizeof(crash::Fixed));
  return fixed;
}

/// What another process finds when it tries to lock the file: 'l'ocked or 'f'ree.
char as_another_process_sees(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    _exit(fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0 ? 'f' : 'l');
  }
  int status = 0;
  waitpid(child, &status, 0);
  return static_cast<char>(WEXITSTATUS(status));
}

std::unique_ptr<crash::File> named_file(const std::string& directory,
                                        const crash::Identity& identity = {}) {
  auto file = crash::File::create(directory);
  REQUIRE(file->settle(directory, identity));
  return file;
}

std::size_t files_in(const std::string& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

}  // namespace

TEST_CASE(
    "a crash file is private, complete and locked when it can be seen, and goes when told to") {
  const TempDir dir;
  const std::string place = (dir / "crash");
  auto file = named_file(place, {"/etc/app.json", 42});
  struct stat status {};
  REQUIRE(stat(file->path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(crash::is_own(status.st_dev, status.st_ino));
  REQUIRE(stat(place.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);

  const std::string bytes = read_file(file->path());
  REQUIRE(bytes.size() >= crash::fixed_bytes);
  const std::unique_ptr<crash::Fixed> in_pages = fixed_of(bytes);
  const crash::Fixed& fixed = *in_pages;
  CHECK(fixed.header.magic.load_relaxed() == crash::magic);
  CHECK(bytes.starts_with("xylem"));
  CHECK(fixed.header.config_hash == 42);
  CHECK(std::string{fixed.config_path.text.data(), fixed.config_path.bytes} == "/etc/app.json");
  CHECK(fs::path{std::string{fixed.working_directory.text.data(), fixed.working_directory.bytes}} ==
        fs::current_path());

  file->remove();
  CHECK(files_in(place) == 0);
}

TEST_CASE("the lock ends with the process, not with a child of it") {
  const TempDir dir;
  int ready[2];
  int end[2];
  REQUIRE(pipe(ready) == 0);
  REQUIRE(pipe(end) == 0);
  const pid_t owner = fork();
  if (owner == 0) {
    auto file = named_file(dir / "crash");
    if (fork() == 0) {
      close(end[1]);
      char nothing = 0;
      static_cast<void>(!read(end[0], &nothing, 1));
      _exit(0);
    }
    static_cast<void>(!write(ready[1], file->path().c_str(), file->path().size()));
    pause();
  }
  std::string path(4096, '\0');
  path.resize(static_cast<std::size_t>(read(ready[0], path.data(), path.size())));
  CHECK(as_another_process_sees(path) == 'l');
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  CHECK(as_another_process_sees(path) == 'f');
  for (const int fd : {ready[0], ready[1], end[0], end[1]}) close(fd);
}

TEST_CASE("a directory in which others may write is refused, and so is one that is a link") {
  const TempDir dir;
  fs::create_directory(dir / "open");
  fs::permissions(dir / "open", fs::perms::all);
  CHECK_THROWS_AS(crash::File::create(dir / "open"), std::system_error);
  fs::create_directory(dir / "mine");
  fs::permissions(dir / "mine", fs::perms::owner_all);
  fs::create_directory_symlink(dir / "mine", dir / "link");
  CHECK_THROWS_AS(crash::File::create(dir / "link"), std::system_error);
  CHECK(files_in(dir / "mine") == 0);
}

TEST_CASE("memory of the file is there before it is used, and can be given back") {
  const TempDir dir;
  auto file = named_file(dir / "crash");
  const crash::Piece piece = file->allocate(std::size_t{1} << 20);
  file->publish(piece, crash::ExtentKind::spill, 7);
  struct stat status {};
  REQUIRE(stat(file->path().c_str(), &status) == 0);
  const auto before = status.st_blocks;
  CHECK(before * 512 >= (1 << 20));
  file->release(piece);
  REQUIRE(stat(file->path().c_str(), &status) == 0);
  CHECK(status.st_blocks * 512 <= before * 512 - (1 << 20));
  // Its entry serves the next one.
  CHECK(file->allocate(crash::page_bytes).extent == piece.extent);
  file->remove();
}

TEST_CASE("the dictionary can be read entry by entry, however much is in it") {
  const TempDir dir;
  auto file = named_file(dir / "crash");
  constexpr std::size_t count = 3000;
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(file->dictionary().add(crash::EntryKind::logger, i, std::string(i % 200, 'x')));
  }
  REQUIRE(file->dictionary().add(crash::EntryKind::site, count, std::string(300'000, 'y')));
  const std::string bytes = read_file(file->path());
  const std::unique_ptr<crash::Fixed> in_pages = fixed_of(bytes);
  const crash::Fixed& fixed = *in_pages;
  std::size_t seen = 0;
  for (std::uint32_t i = 0; i < fixed.header.extents.load_relaxed(); ++i) {
    const crash::Extent& extent = fixed.extents[i];
    const auto kind = static_cast<crash::ExtentKind>(extent.kind.load_relaxed());
    if (kind == crash::ExtentKind::none) continue;  // the next one, made ahead
    REQUIRE(kind == crash::ExtentKind::dictionary);
    const char* at = bytes.data() + extent.offset;
    crash::DictionaryEntry entry{};
    std::uint64_t used = 0;
    std::memcpy(&used, at, sizeof used);
    at += sizeof(crash::DictionaryHead);
    for (const char* const end = at + used; at != end; at += entry.bytes) {
      std::memcpy(&entry, at, sizeof entry);
      CHECK(entry.id == seen);
      const std::size_t body = entry.bytes - sizeof entry - entry.padding;
      CHECK(body == (seen == count ? 300'000 : seen % 200));
      ++seen;
    }
  }
  CHECK(seen == count + 1);
  file->remove();
}

TEST_CASE("a sink's number and the place where its lines end always belong together") {
  const TempDir dir;
  auto file = named_file(dir / "crash");
  xylem::sink::FileSink sink{(dir / "log")};
  sink.keep_journal(file.get(), 3, 0);
  crash::SinkEntry* const entry = file->sink_entry(sink.name());
  REQUIRE(entry != nullptr);
  CHECK(file->fixed().header.sinks.load_relaxed() == 1);
  std::uint64_t written = 0;
  std::uint64_t offset = 0;
  // Numbers of batches without lines here are passed over.
  for (const std::uint64_t batch : {4, 5, 7, 9, 12, 13}) {
    char* const at = sink.reserve(8);
    std::memcpy(at, "12345678", 8);
    sink.commit(at + 8, batch);
    const crash::SinkEntry::Place before = entry->places[entry->written.load_relaxed() % 2];
    CHECK(before.offset == offset);
    sink.flush(0, batch);
    offset += 8;
    written = entry->written.load_relaxed();
    CHECK(written == batch);
    CHECK(entry->places[written % 2].offset == offset);
    struct stat status {};
    REQUIRE(stat(sink.path().c_str(), &status) == 0);
    CHECK(entry->places[written % 2].inode == status.st_ino);
  }
  file->remove();
}

TEST_CASE("a running engine keeps its crash file, and takes it along when it ends well") {
  const TempDir dir;
  const std::string place = (dir / "crash");
  const auto config = [&](const std::string& crash_dir) {
    return R"({"version": 1, "disable_existing_loggers": false, "handlers": {"f": {"class": "logging.FileHandler", "filename": ")" +
           (dir / "log") + R"("}}, "root": {"level": "INFO", "handlers": ["f"]},
           "xylem": {"ring": {"crash_dir": )" +
           crash_dir + "}}}";
  };
  const xylem::Logger log = xylem::get_logger("crash_file");
  log.warning("before any configuration");
  log.warning("early {}", std::string(2'000, 'y'));
  xylem::configure(config('"' + place + '"'));
  // What was logged before is written, and the thread has a new ring.
  CHECK(read_file(dir / "log") ==
        "before any configuration\nearly " + std::string(2'000, 'y') + '\n');
  log.info("first {}", std::string(10'000, 'x'));
  REQUIRE(files_in(place) == 1);
  const std::string bytes = read_file(fs::directory_iterator { place } -> path().string());
  // The record is in the file as long as nobody has taken it off the ring, and its bytes still are.
  CHECK(bytes.find("first {}") != std::string::npos);
  CHECK(bytes.find(std::string(10'000, 'x')) != std::string::npos);
  // So was what waited before: a kill while it was being written would have left half a line.
  CHECK(bytes.find(std::string(2'000, 'y')) != std::string::npos);

  xylem::configure(config("null"));
  CHECK(files_in(place) == 0);
  log.info("second");
  xylem::configure(config('"' + place + '"'));
  CHECK(files_in(place) == 1);
  log.info("third");
  xylem::shutdown();
  CHECK(files_in(place) == 0);
  const std::string text = read_file(dir / "log");
  CHECK(text.ends_with("second\nthird\n"));
}

TEST_CASE("where no crash file can be made that is said once, and logging goes on") {
  const TempDir dir;
  fs::create_directory(dir / "open");
  fs::permissions(dir / "open", fs::perms::all);
  StderrCapture errors;
  xylem::configure(
      R"({"version": 1, "disable_existing_loggers": false, "handlers": {"f": {"class": "logging.FileHandler", "filename": ")" +
      (dir / "log") + R"("}}, "root": {"level": "INFO", "handlers": ["f"]},
                   "xylem": {"ring": {"crash_dir": ")" +
      (dir / "open") + R"("}}})");
  xylem::get_logger("crash_file").info("all the same");
  xylem::shutdown();
  const std::string told = errors.text();
  CHECK(told.find("a crash will lose what is not written yet") != std::string::npos);
  CHECK(told.find(dir / "open") != std::string::npos);
  CHECK(read_file(dir / "log") == "all the same\n");
}

TEST_CASE("sinks of one name have an entry each, in their order") {
  const TempDir dir;
  auto file = named_file(dir / "crash");
  crash::SinkEntry* const first = file->sink_entry("/a", 0);
  crash::SinkEntry* const other = file->sink_entry("/b", 0);
  crash::SinkEntry* const second = file->sink_entry("/a", 1);
  CHECK(first != second);
  CHECK(second != other);
  CHECK(file->sink_entry("/a", 1) == second);
  CHECK(file->sink_entry("/a", 0) == first);
  CHECK(file->fixed().header.sinks.load_relaxed() == 3);
  file->remove();
}

TEST_CASE("a line is not kept before its batch has ended: its record is still in a ring") {
  const StderrCapture errors;
  const TempDir dir;
  auto file = named_file(dir / "crash");
  xylem::sink::FileSink sink{"/dev/full"};
  sink.keep_journal(file.get(), 3, 0);
  const auto kept_bytes = [&] {
    std::uint64_t used = 0;
    for (const crash::Extent& extent : file->fixed().extents) {
      if (extent.kind.load_relaxed() != static_cast<std::uint32_t>(crash::ExtentKind::kept)) {
        continue;
      }
      REQUIRE(pread(file->descriptor(), &used, sizeof used, static_cast<off_t>(extent.offset)) ==
              sizeof used);
    }
    return used;
  };
  constexpr std::uint64_t a_line = sizeof(crash::KeptLine) + 8;
  sink_test::put(sink, "of four\n", 40);
  sink.flush(0, 4);
  CHECK(kept_bytes() == a_line);
  sink_test::put(sink, "of five\n", 50);
  sink.flush(1);
  CHECK(kept_bytes() == a_line);
  sink_test::put(sink, "as well\n", 51);
  sink.flush(2, 5);
  CHECK(kept_bytes() == 3 * a_line);
  sink.close(0);
  CHECK(kept_bytes() == 0);
  file->remove();
}

TEST_CASE("kept lines that come and go use the same memory again, and only the last is left") {
  const TempDir dir;
  auto file = named_file(dir / "crash");
  crash::KeptLines kept{*file, crash::ExtentKind::kept, 0};
  const std::string line(100, 'x');
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    REQUIRE(kept.add(line, {1, i, 0}));
    if (i > 0) kept.take(1);
  }
  struct stat status {};
  REQUIRE(fstat(file->descriptor(), &status) == 0);
  CHECK(status.st_size <= static_cast<off_t>(crash::fixed_bytes + (std::size_t{3} << 18)));
  std::uint64_t left = 0;
  for (const crash::Extent& extent : file->fixed().extents) {
    if (extent.kind.load_relaxed() != static_cast<std::uint32_t>(crash::ExtentKind::kept)) continue;
    std::uint64_t words[2];  // used, taken
    REQUIRE(pread(file->descriptor(), words, sizeof words, static_cast<off_t>(extent.offset)) ==
            sizeof words);
    left += words[0] - words[1];
  }
  CHECK(left == sizeof(crash::KeptLine) + 104);
  kept.clear();
  CHECK(kept.lines() == 0);
  file->remove();
}
