#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "killed_support.hpp"
#include "leftover_support.hpp"
#include "tool_support.hpp"

using namespace killed_test;
using namespace leftover_test;
using namespace tool_test;
using xylem::recover::Request;
using xylem::recover::Summary;

namespace {

const char* const plain = R"j("format": "%(message)s")j";

/// A process that had two lines of batch 4 and one of batch 5 to keep, and the record of batch 6
/// still in its ring.
struct Dead {
  CrashImage image;
  std::vector<CrashImage::Kept> lines{
      {4, 10, "ten\n"}, {4, 11, "eleven\n"}, {5, 12, "twelve\n"}, {6, 13, "thirteen\n"}};

  Dead() {
    const std::uint64_t site = image.site(make_site("{}", {Kind::uint64}));
    const std::uint64_t logger = image.logger("app");
    RingImage& ring = image.ring("t", 64, 3);
    std::string payload;
    append(payload, std::uint64_t{13});
    ring.add(site, logger, 1000, payload);
    image.fixed().header.first_batch.store_relaxed(6);
  }

  Summary recover_into(const TempDir& dir) {
    const std::string path = dir / "a.log";
    SinkEntry::Place place = xylem::sink::identify(path);
    place.offset = 4;  // "old\n"
    image.sink(path, 3, place);
    leave(dir / "crash", image.bytes());
    Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/app.json";
    return xylem::recover::recover(request, *make_tree(one_file(path, 0, 3, plain)));
  }
};

}  // namespace

TEST_CASE("lines that a file did not take come before what was in the rings") {
  const TempDir dir;
  write_file(dir / "a.log", "old\n");
  Dead dead;
  // The last line is there twice: in the ring, and among those whose batch was not whole yet.
  dead.image.keep(0, 1, 5, {dead.lines[0], dead.lines[1]});
  dead.image.keep(0, 2, 5, {dead.lines[2], dead.lines[3]});
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nten\neleven\ntwelve\n13\n");
  CHECK(summary.recovered == 4);
  CHECK(summary.already_written == 0);
  CHECK(summary.unreadable == 0);
  CHECK(std::filesystem::is_empty(dir / "crash"));
}

TEST_CASE("kept lines that came to the file after all are not written again, a torn one is ended") {
  const TempDir dir;
  write_file(dir / "a.log", "old\nten\neleven\ntwe");
  Dead dead;
  dead.image.keep(0, 1, 5, {dead.lines[0], dead.lines[1], dead.lines[2]});
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nten\neleven\ntwelve\n13\n");
  CHECK(summary.recovered == 2);
  CHECK(summary.already_written == 2);
}

TEST_CASE("what another configuration left goes only when all its kept lines have been written") {
  const TempDir dir;
  for (const std::uint64_t taken : {0, 40, 80}) {
    CrashImage image;
    image.keep(0, 1, 5, {{4, 10, "ten\n"}, {4, 11, "eleven\n"}});
    image.take(taken);
    leave(dir / "crash", image.bytes());
    Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/other.json";
    xylem::recover::recover(request, *make_tree(one_file(dir / "a.log", 0, 3, plain)));
    CHECK(std::filesystem::is_empty(dir / "crash") == (taken == 80));
  }
}

TEST_CASE("what another configuration left stays while it has drops to tell of") {
  const TempDir dir;
  for (const std::uint64_t told : {2, 3}) {
    CrashImage image;
    RingImage& ring = image.ring("t");
    ring.words.dropped.store_relaxed(3);
    ring.words.told.store_relaxed(told);
    leave(dir / "crash", image.bytes());
    Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/other.json";
    xylem::recover::recover(request, *make_tree(one_file(dir / "a.log", 0, 3, plain)));
    CHECK(std::filesystem::is_empty(dir / "crash") == (told == 3));
  }
}

TEST_CASE("what is kept and cannot be read is counted") {
  const TempDir dir;
  write_file(dir / "a.log", "old\n");
  Dead dead;
  dead.image.keep(0, 1, 5, {dead.lines[0], {4, 11, "eleven\n", 1 << 20}});
  dead.image.keep(7, 2, 5, {dead.lines[2]});  // of a sink that is not described: nobody's
  const Summary summary = dead.recover_into(dir);
  CHECK(read_file(dir / "a.log") == "old\nten\n13\n");
  CHECK(summary.unreadable == 1);
}

TEST_CASE("lines kept while their directory is gone survive a kill, though slots are used again") {
  const WorkDir work;
  std::filesystem::create_directory(work / "seen");
  // Few slots: what the file does not take cannot wait in the ring.
  write_file(work / "app.json", R"j({"version": 1, "formatters": {"f": {"format": "%(message)s"}},
      "handlers": {"lost": {"class": "logging.FileHandler", "formatter": "f", "filename": "logs/a.log"},
                   "seen": {"class": "logging.FileHandler", "formatter": "f", "filename": "seen/a.log"}},
      "root": {"level": "DEBUG", "handlers": ["lost", "seen"]},
      "xylem": {"ring": {"slots": 64, "crash_dir": ")j" +
                                    work.path() + R"j(/crash"}}})j");
  std::string expected;
  {
    Pipe pipe{work};
    pipe.feed("first\n");
    REQUIRE(wait_for([&] { return read_file(work / "logs/a.log") == "first\n"; }));
    std::filesystem::remove_all(work / "logs");
    // Until the file is missed, lines go to the one that was removed.
    REQUIRE(wait_for([&] {
      pipe.feed("probe\n");
      return read_file(work / "err").find("are kept") != std::string::npos;
    }));
    for (int i = 0; i < 3000; ++i) expected += "line " + std::to_string(i) + "\n";
    pipe.feed(expected);
    // Whatever the other file has got was accepted.
    REQUIRE(wait_for([&] { return read_file(work / "seen/a.log").ends_with("\nline 2999\n"); }));
    pipe.kill();
  }
  REQUIRE(!std::filesystem::is_empty(work / "crash"));
  std::filesystem::create_directory(work / "logs");
  const Outcome outcome = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  const std::string text = read_file(work / "logs/a.log");
  const std::size_t begin = text.find("line 0\n");
  REQUIRE(begin != std::string::npos);
  CHECK(text.substr(begin) == expected);
  CHECK(text.substr(0, begin).find_first_not_of("probe\n") == std::string::npos);
  CHECK(read_file(work / "seen/a.log").ends_with("\nline 2999\n"));
  CHECK(std::filesystem::is_empty(work / "crash"));
}
