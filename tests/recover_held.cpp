// What memories held, and consoles and files of several handlers had not taken, when their process
// was killed.

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "killed_support.hpp"
#include "leftover_support.hpp"
#include "tool_support.hpp"

using namespace killed_test;
using namespace leftover_test;
using namespace tool_test;
using xylem::recover::Request;
using xylem::recover::Summary;

namespace {

constexpr std::uint32_t passed_on = xylem::crash::KeptLine::passed_on;
constexpr std::uint32_t discarded = xylem::crash::KeptLine::discarded_at_close;

std::string memory_config(const std::string& path) {
  return R"j({"version": 1, "formatters": {"f": {"format": "%(message)s"}}, "handlers": {
      "file": {"class": "logging.FileHandler", "formatter": "f", "filename": ")j" +
         path + R"j("},
      "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 9, "target": "file"}},
      "root": {"level": "DEBUG", "handlers": ["memory"]}, "xylem": {"ring": {"crash_dir": null}}})j";
}

/// A process whose file had got the batches up to 5, with the record 60 of batch 6 in its ring. Its
/// only memory passes on to that file.
struct Dead {
  CrashImage image;

  Dead() {
    const std::uint64_t site = image.site(make_site("{}", {Kind::uint64}));
    const std::uint64_t logger = image.logger("app");
    std::string payload;
    append(payload, std::uint64_t{60});
    image.ring("t", 64, 3).add(site, logger, 1000, payload);
    image.fixed().header.first_batch.store_relaxed(6);
  }

  Summary recover_into(const TempDir& dir) {
    const std::string path = dir / "a.log";
    SinkEntry::Place place = xylem::sink::identify(path);
    place.offset = 4;  // "old\n"
    image.sink(path, 5, place);
    leave(dir / "crash", image.bytes());
    Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/app.json";
    return xylem::recover::recover(request, *make_tree(memory_config(path)));
  }
};

/// A config for `xylem pipe`: few slots, so that what waits cannot wait in the ring, and a file
/// that shows what has been accepted.
void configure(const WorkDir& work, const std::string& handlers, const std::string& names) {
  std::filesystem::create_directory(work / "seen");
  write_file(work / "app.json",
             R"j({"version": 1, "formatters": {"f": {"format": "%(message)s"}}, "handlers": {
      "seen": {"class": "logging.FileHandler", "formatter": "f", "filename": "seen/a.log"}, )j" +
                 handlers + R"j(}, "root": {"level": "DEBUG", "handlers": ["seen", )j" + names +
                 R"j(]}, "xylem": {"ring": {"slots": 64, "crash_dir": ")j" + work.path() +
                 R"j(/crash"}}})j");
}

std::string lines(int first, int last, std::string_view rest = "") {
  std::string text;
  for (int i = first; i <= last; ++i) {
    text += "line " + std::to_string(i) + std::string{rest} + "\n";
  }
  return text;
}

void feed(Pipe& pipe, const WorkDir& work, const std::string& text) {
  pipe.feed(text);
  const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
  REQUIRE(wait_for([&] { return read_file(work / "seen/a.log").ends_with(last); }));
}

/// The memory that crash files take.
std::uint64_t crash_bytes(const WorkDir& work) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(work / "crash")) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
  }
  return bytes;
}

Outcome recover(const WorkDir& work) {
  return run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
}

const std::string file_handler =
    R"("file": {"class": "logging.FileHandler", "formatter": "f", "filename": "logs/a.log"})";

std::string memory_handler(std::string_view arguments) {
  return R"("memory": {"class": "logging.handlers.MemoryHandler", "target": "file", )" +
         std::string{arguments} + "}";
}

}  // namespace

TEST_CASE("what a memory held comes before what its ring still has, and only what is not there") {
  const TempDir dir;
  write_file(dir / "a.log", "old\n");
  Dead dead;
  dead.image.hold(0, 1, {{3, 30, "passed on and written\n"}, {5, 0, "", 0, passed_on}});
  dead.image.hold(0, 2, {{4, 40, "forty\n"}, {5, 50, "fifty\n"}, {6, 60, "60\n"}});
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nforty\nfifty\n60\n");
  CHECK(summary.recovered == 3);
  CHECK(summary.unreadable == 0);
  CHECK(std::filesystem::is_empty(dir / "crash"));
}

TEST_CASE("of what a memory was passing on when its process died the file tells what it has") {
  const TempDir dir;
  Dead dead;
  dead.image.hold(0, 1, {{4, 40, "forty\n"}, {5, 50, "fifty\n"}, {6, 0, "", 0, passed_on}});
  SUBCASE("nothing") {
    write_file(dir / "a.log", "old\n");
  }
  SUBCASE("half a line") {
    write_file(dir / "a.log", "old\nforty\nfif");
  }
  SUBCASE("all") {
    write_file(dir / "a.log", "old\nforty\nfifty\n60\n");
  }
  dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nforty\nfifty\n60\n");
}

TEST_CASE(
    "what a memory would have discarded is counted and not written, unless it was passed on") {
  const TempDir dir;
  write_file(dir / "a.log", "old\n");
  Dead dead;
  dead.image.hold(0, 1,
                  {{4, 40, "forty\n", 0, 0, discarded},
                   {6, 0, "", 0, passed_on},
                   {5, 50, "fifty\n", 0, 0, discarded},
                   {5, 51, "fifty-one\n", 0, 0, discarded}});
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nforty\n60\n");
  CHECK(summary.discarded == 2);
}

TEST_CASE("held lines that cannot be read, or belong to no handler any more, are counted") {
  const TempDir dir;
  write_file(dir / "a.log", "old\n");
  Dead dead;
  dead.image.hold(0, 1, {{4, 40, "forty\n"}, {4, 41, "torn\n", 1 << 20}});
  dead.image.hold(1, 1, {{4, 42, "of another file\n", 0, 7}});
  dead.image.hold(std::uint64_t{1} << 60, 1, {{4, 43, "of no memory\n"}});
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nforty\n60\n");
  CHECK(summary.unreadable == 3);
}

TEST_CASE("what a memory holds survives a kill, though slots are used again") {
  const WorkDir work;
  const std::string rest(200, '.');
  configure(work, file_handler + ", " + memory_handler(R"("capacity": 700)"), R"("memory")");
  {
    Pipe pipe{work};
    feed(pipe, work, lines(0, 1099, rest));
    const std::uint64_t before = crash_bytes(work);
    feed(pipe, work, lines(1100, 9999, rest));
    // What has been passed on is given back.
    CHECK(crash_bytes(work) <= before + (std::size_t{768} << 10));
    REQUIRE(read_file(work / "logs/a.log") == lines(0, 9799, rest));
    pipe.kill();
  }
  const Outcome outcome = recover(work);
  CHECK(outcome.status == 0);
  CHECK(read_file(work / "logs/a.log") == lines(0, 9999, rest));
  CHECK(std::filesystem::is_empty(work / "crash"));
}

TEST_CASE("a kill while memories pass on loses and doubles nothing") {
  const std::string expected = lines(0, 19999);
  for (int round = 0; round < 6; ++round) {
    const WorkDir work;
    configure(work, file_handler + ", " + memory_handler(R"("capacity": 90)"), R"("memory")");
    {
      Pipe pipe{work};
      pipe.feed(expected);
      // Somewhere between the first line and the last.
      const std::size_t enough = expected.size() * (static_cast<std::size_t>(round) + 1) / 8;
      REQUIRE(wait_for([&] { return read_file(work / "logs/a.log").size() > enough; }));
      pipe.kill();
    }
    CHECK(recover(work).status == 0);
    const std::string text = read_file(work / "logs/a.log");
    CHECK(text.size() >= read_file(work / "seen/a.log").size());
    CHECK(expected.starts_with(text));
    CHECK(text.ends_with('\n'));
  }
}

TEST_CASE("a memory that discards when it is closed leaves after a kill what it had passed on") {
  const WorkDir work;
  configure(work, file_handler + ", " + memory_handler(R"("capacity": 700, "flushOnClose": false)"),
            R"("memory")");
  {
    Pipe pipe{work};
    feed(pipe, work, lines(0, 999));
    pipe.kill();
  }
  const Outcome outcome = recover(work);
  CHECK(outcome.status == 0);
  const std::string text = read_file(work / "logs/a.log");
  CHECK(text.starts_with(lines(0, 699)));
  CHECK(outcome.out.find(" discarded") != std::string::npos);
}

TEST_CASE("two handlers of one file in trouble lose nothing by a kill, and double nothing") {
  const WorkDir work;
  const std::string other = R"("other": {"class": "logging.FileHandler", "formatter": "f",
      "filename": "logs/a.log"})";
  configure(work, file_handler + ", " + other, R"("file", "other")");
  std::size_t probes = 0;
  {
    Pipe pipe{work};
    feed(pipe, work, "first\n");
    std::filesystem::remove_all(work / "logs");
    REQUIRE(wait_for([&] {
      feed(pipe, work, "probe " + std::to_string(probes++) + "\n");
      return sink_test::count(read_file(work / "err"), "are kept") == 2;
    }));
    feed(pipe, work, lines(0, 1999));
    pipe.kill();
  }
  std::filesystem::create_directory(work / "logs");
  CHECK(recover(work).status == 0);
  const std::string text = read_file(work / "logs/a.log");
  std::size_t at = 0;
  std::vector<int> seen(2000, 0);
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("line ")) ++seen.at(std::stoul(line.substr(5)));
    at += line.size() + 1;
  }
  CHECK(at == text.size());
  CHECK(std::count(seen.begin(), seen.end(), 2) == 2000);
}

TEST_CASE("two handlers of one file that are killed in the middle are told apart by counting") {
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "old\n1\n1\n2\n");
  CrashImage image;
  const std::uint64_t site = image.site(make_site("{}", {Kind::uint64}));
  const std::uint64_t logger = image.logger("app");
  RingImage& ring = image.ring("t", 64, 3);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    std::string payload;
    append(payload, i);
    ring.add(site, logger, 1000 + i, payload);
  }
  SinkEntry::Place place = xylem::sink::identify(path);
  place.offset = 4;
  image.sink(path, 0, place);
  image.sink(path, 0, place);
  leave(dir / "crash", image.bytes());
  Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  const std::string handler =
      R"j({"class": "logging.FileHandler", "formatter": "f", "filename": ")j" + path + R"j("})j";
  const Summary summary = xylem::recover::recover(
      request, *make_tree(
                   R"j({"version": 1, "formatters": {"f": {"format": "%(message)s"}}, "handlers": {
      "a": )j" + handler +
                   R"j(, "b": )j" + handler +
                   R"j(}, "root": {"level": "DEBUG", "handlers": ["a", "b"]},
      "xylem": {"ring": {"crash_dir": null}}})j"));
  CHECK(summary.kept == 0);
  CHECK(read_file(path) == "old\n1\n1\n2\n3\n2\n3\n");
}

TEST_CASE("lines for a console that nobody reads survive a kill") {
  const WorkDir work;
  configure(work, R"("console": {"class": "logging.StreamHandler", "formatter": "f",
      "stream": "ext://sys.stdout"})",
            R"("console")");
  const std::string rest(80, '.');
  const sink_test::Pipe console;
  {
    Pipe pipe{work, console.writer()};
    feed(pipe, work, lines(0, 2999, rest));
    pipe.kill();
  }
  const_cast<sink_test::Pipe&>(console).close_writer();
  std::string text = console.read_all();
  const Outcome outcome = recover(work);
  CHECK(outcome.status == 0);
  // What the pipe had taken since it was last looked at may come twice, and nothing else.
  const std::size_t begin = outcome.out.find("line ");
  REQUIRE(begin != std::string::npos);
  std::string late = outcome.out.substr(begin);
  late.resize(late.rfind(rest + "\n") + rest.size() + 1);
  const std::string first = late.substr(0, late.find('\n') + 1);
  const std::size_t again = text.find(first);
  if (again != std::string::npos) {
    CHECK(text.size() - again <= 4096);
    text.resize(again);
  }
  CHECK(text + late == lines(0, 2999, rest));
}
