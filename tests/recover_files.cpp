#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"
#include "leftover_support.hpp"
#include "record/process.hpp"
#include "sink/packing.hpp"

using namespace leftover_test;
using engine_test::Line;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using sink_test::write_file;
using xylem::recover::Request;
using xylem::recover::Summary;

namespace {

/// Two threads' records, one after the other in time, 20 each; nothing of them is written.
struct Dead {
  CrashImage image;
  RingImage* rings[2];
  std::vector<std::uint64_t> positions[2];

  explicit Dead(bool same_message = false, std::uint64_t begin = 0) {
    const std::uint64_t site = image.site(make_site("{} of {}", {Kind::uint64, Kind::string}));
    const std::uint64_t logger = image.logger("app");
    for (int r = 0; r < 2; ++r) {
      rings[r] = &image.ring(r == 0 ? "first" : "second", 64, begin);
    }
    for (std::uint64_t i = 0; i < 20; ++i) {
      for (std::uint64_t r = 0; r < 2; ++r) {
        std::string payload;
        append(payload, same_message ? 7 : i);
        append(payload, std::uint32_t{4});
        payload += same_message ? "same" : r == 0 ? "fst " : "snd ";
        positions[r].push_back(rings[r]->add(site, logger, (2 * i + r) * 10'000, payload));
      }
    }
  }
};

Summary recover(const TempDir& dir, const std::string& config, bool dry_run = false) {
  Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  request.dry_run = dry_run;
  const auto tree = make_tree(config);
  const Summary summary = xylem::recover::recover(request, *tree);
  for (const xylem::sink::Sink* sink : tree->sinks()) CHECK(sink->idle());
  return summary;
}

bool has_leftover(const TempDir& dir) {
  return !std::filesystem::is_empty(dir / "crash");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end + 1 - at));
    at = end + 1;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += lines[i];
  return text;
}

/// The lines of a leftover of which nothing is written.
std::vector<std::string> all_lines(Dead& dead, const std::string& pattern = {}) {
  const TempDir dir;
  leave(dir / "crash", dead.image.bytes());
  const std::string config =
      pattern.empty() ? one_file(dir / "a.log") : one_file(dir / "a.log", 0, 3, pattern);
  const Summary summary = recover(dir, config);
  CHECK(summary.recovered == 40);
  CHECK(!has_leftover(dir));
  return lines_of(read_file(dir / "a.log"));
}

/// Where the file ends now.
SinkEntry::Place end_of(const std::string& path) {
  SinkEntry::Place place = xylem::sink::identify(path);
  place.offset = std::filesystem::file_size(path);
  return place;
}

void add_to(const std::string& path, const std::string& text) {
  write_file(path, read_file(path) + text);
}

}  // namespace

TEST_CASE(
    "what was in the rings of a dead process comes to the file, by time, as it would have been") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  REQUIRE(lines.size() == 40);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line line{lines[i]};
    CHECK(line.message() == std::to_string(i / 2) + (i % 2 == 0 ? " of fst " : " of snd "));
    CHECK(line.string("thread") == (i % 2 == 0 ? "first" : "second"));
    CHECK(line.integer("pid") == 4711);
  }
  CHECK(Line{lines[39]}.string("time") == "2023-11-14T22:13:20.000390+00:00");
  CHECK(Line{lines[39]}.raw("ms") == "0.39");
}

TEST_CASE("the process speaks for itself again afterwards") {
  Dead dead;
  all_lines(dead);
  CHECK(xylem::record::process_id() == getpid());
  CHECK(xylem::record::process_start_ns() > epoch_ns);
}

TEST_CASE("wherever the process died in a batch, each record is in the file once") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  for (std::size_t written = 0; written <= lines.size(); ++written) {
    for (const std::size_t torn : {std::size_t{0}, std::size_t{1}, lines[0].size() - 1}) {
      if (written == lines.size() && torn > 0) continue;
      CAPTURE(written);
      CAPTURE(torn);
      const TempDir dir;
      Dead again;
      const std::string path = dir / "a.log";
      write_file(path, "before\n");
      again.image.sink(path, 0, end_of(path));
      add_to(path, joined(lines, 0, written));
      if (torn > 0) add_to(path, lines[written].substr(0, torn));
      leave(dir / "crash", again.image.bytes());
      const Summary summary = recover(dir, one_file(path));
      CHECK(read_file(path) == "before\n" + joined(lines, 0, lines.size()));
      CHECK(summary.recovered == lines.size() - written);
      CHECK(summary.already_written == written);
      CHECK(!has_leftover(dir));
    }
  }
}

TEST_CASE("what a noted batch covers is not looked for, though its lines are gone") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "");
  // Batch 3 ended behind ten records of each ring, batch 2 behind five: in the file of all others.
  Dead again;
  for (int r = 0; r < 2; ++r) {
    again.rings[r]->words.ends[2].store_relaxed(again.positions[r][5]);
    again.rings[r]->words.ends[3].store_relaxed(again.positions[r][10]);
  }
  again.image.fixed().header.first_batch.store_relaxed(3);
  again.image.sink(path, 3, end_of(path));
  leave(dir / "crash", again.image.bytes());
  const Summary summary = recover(dir, one_file(path));
  CHECK(read_file(path) == joined(lines, 20, 40));
  CHECK(summary.recovered == 20);
  CHECK(summary.already_written == 10);
}

TEST_CASE("lines of other processes between those of the dead one are left alone") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "before\n");
  Dead again;
  again.image.sink(path, 0, end_of(path));
  const std::string standing =
      lines[0] + "other\n" + lines[2] + "{\"other\": 2}\n" + lines[1] + lines[4] + "other\n";
  add_to(path, standing);
  leave(dir / "crash", again.image.bytes());
  const Summary summary = recover(dir, one_file(path));
  CHECK(summary.already_written == 4);
  CHECK(read_file(path) == "before\n" + standing + lines[3] + joined(lines, 5, lines.size()));
}

TEST_CASE("equal lines are counted: as many are written as are missing") {
  const std::string pattern = R"("format": "%(message)s")";
  Dead dead{true};
  const std::vector<std::string> lines = all_lines(dead, pattern);
  for (const std::size_t written : {0, 1, 7, 20, 39, 40}) {
    CAPTURE(written);
    const TempDir dir;
    const std::string path = dir / "a.log";
    // The same line of another day, before the process began.
    write_file(path, lines[0]);
    Dead again{true};
    again.image.sink(path, 0, end_of(path));
    add_to(path, joined(lines, 0, written));
    leave(dir / "crash", again.image.bytes());
    const Summary summary = recover(dir, one_file(path, 0, 3, pattern));
    CHECK(summary.recovered == 40 - written);
    CHECK(read_file(path) == lines[0] + joined(lines, 0, 40));
  }
}

TEST_CASE("records wrap around the end of a ring as they did in memory") {
  Dead dead{false, 64 - 7};
  const std::vector<std::string> lines = all_lines(dead);
  CHECK(lines.size() == 40);
  CHECK(Line{lines[39]}.message() == "19 of snd ");

  CrashImage image;
  const std::uint64_t site = image.site(make_site("{}", {Kind::string}));
  const std::uint64_t logger = image.logger("app");
  RingImage& ring = image.ring("t", 64, 1'000'000 * 64 - 2);
  const std::string text(300, 'x');
  std::string payload;
  append(payload, std::uint32_t{300});
  ring.add(site, logger, 5, payload + text);
  const TempDir dir;
  leave(dir / "crash", image.bytes());
  CHECK(recover(dir, one_file(dir / "a.log")).recovered == 1);
  CHECK(Line{read_file(dir / "a.log")}.message() == text);
}

TEST_CASE("lines that were rotated away while they were written are not written again") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "before\n");
  Dead again;
  again.image.sink(path, 0, end_of(path));
  add_to(path, joined(lines, 0, 10));
  std::filesystem::rename(path, path + ".2");
  write_file(path + ".1", joined(lines, 10, 20));
  write_file(path, joined(lines, 20, 25) + lines[25].substr(0, 9));
  leave(dir / "crash", again.image.bytes());

  SUBCASE("and the file of the place is still there") {
    const Summary summary = recover(dir, one_file(path));
    CHECK(summary.already_written == 25);
    CHECK(read_file(path + ".2") == "before\n" + joined(lines, 0, 10));
    CHECK(read_file(path + ".1") == joined(lines, 10, 20));
    CHECK(read_file(path) == joined(lines, 20, 40));
  }
  SUBCASE("and the file of the place has been removed") {
    std::filesystem::remove(path + ".2");
    const Summary summary = recover(dir, one_file(path));
    CHECK(summary.already_written == 25);
    CHECK(read_file(path) == joined(lines, 20, 40));
  }
  SUBCASE("and its inode is in use again") {
    std::filesystem::remove(path + ".2");
    write_file(path, joined(lines, 20, 25));
    SinkEntry::Place& place = again.image.fixed().sinks[0].places[0];
    place = end_of(path);
    place.born_ns -= 1;
    leave(dir / "crash", again.image.bytes());
    CHECK(recover(dir, one_file(path)).already_written == 25);
    CHECK(read_file(path) == joined(lines, 20, 40));
  }
}

TEST_CASE("lines in old files with dates in their names are not written again, packed or not") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  const std::string noted = path + ".2026-11-22_23";
  const std::string younger = path + ".2026-11-22_22.2";  // the clock was set back
  write_file(path + ".2026-11-22_22", joined(lines, 0, 40));
  std::filesystem::last_write_time(
      path + ".2026-11-22_22",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours{24 * 365 * 20});
  write_file(path, "before\n");
  Dead again;
  again.image.sink(path, 0, end_of(path));
  add_to(path, joined(lines, 0, 10));
  std::filesystem::rename(path, noted);
  write_file(younger, joined(lines, 10, 20));
  write_file(path, joined(lines, 20, 25) + lines[25].substr(0, 9));
  leave(dir / "crash", again.image.bytes());
  const std::atomic<bool> not_stopping{false};
  const auto pack = [&](const std::string& file, xylem::sink::Packing packing) {
    CHECK(xylem::sink::pack_file(file, packing, not_stopping) == xylem::sink::PackOutcome::packed);
  };

  SUBCASE("all are there") {}
  SUBCASE("the file of the place has been removed") {
    std::filesystem::remove(noted);
  }
  SUBCASE("the file of the place has been packed") {
    pack(noted, xylem::sink::Packing::gzip);
  }
  SUBCASE("a younger one has been packed") {
    pack(younger, xylem::sink::Packing::zstd);
  }
  SUBCASE("both have been packed, one to a file beside it") {
    pack(noted, xylem::sink::Packing::zstd);
    pack(younger, xylem::sink::Packing::zstd);
    write_file(younger, joined(lines, 10, 20));
  }
  const Summary summary = recover(dir, one_file(path));
  CHECK(summary.already_written == 25);
  CHECK(summary.recovered == 15);
  CHECK(read_file(path) == joined(lines, 20, 40));
}

TEST_CASE("equal lines are counted in packed files as in others") {
  const std::string pattern = R"("format": "%(message)s")";
  Dead dead{true};
  const std::vector<std::string> lines = all_lines(dead, pattern);
  const std::atomic<bool> not_stopping{false};
  for (const xylem::sink::Packing packing :
       {xylem::sink::Packing::gzip, xylem::sink::Packing::zstd}) {
    const TempDir dir;
    const std::string path = dir / "a.log";
    write_file(path, "");
    Dead again{true};
    again.image.sink(path, 0, end_of(path));
    add_to(path, joined(lines, 0, 7));
    const std::string old = path + ".2026-11-22";
    std::filesystem::rename(path, old);
    xylem::sink::pack_file(old, packing, not_stopping);
    // As it is after a crash between the packed file's renaming and the end of the other.
    write_file(old, joined(lines, 0, 7));
    write_file(path, joined(lines, 7, 9));
    leave(dir / "crash", again.image.bytes());
    CHECK(recover(dir, one_file(path, 0, 3, pattern)).recovered == 31);
    CHECK(read_file(path) == joined(lines, 7, 40));
  }
}

TEST_CASE("logrotate may have moved the file: its last line is completed where it is") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "before\n");
  Dead again;
  again.image.sink(path, 0, end_of(path));
  add_to(path, joined(lines, 0, 3) + lines[3].substr(0, 20));
  std::filesystem::rename(path, dir / "a.log-20261122");
  leave(dir / "crash", again.image.bytes());
  const Summary summary = recover(dir, one_file(path));
  CHECK(summary.already_written == 3);
  CHECK(summary.recovered == 37);
  CHECK(read_file(dir / "a.log-20261122") == "before\n" + joined(lines, 0, 4));
  CHECK(read_file(path) == joined(lines, 4, 40));
}

TEST_CASE("recovered lines rotate the file as any do") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  const auto limit = static_cast<std::int64_t>(lines[0].size() * 12);
  leave(dir / "crash", dead.image.bytes());
  recover(dir, one_file(path, limit, 9));
  std::string together;
  for (int i = 9; i > 0; --i) together += read_file(path + '.' + std::to_string(i));
  CHECK(together + read_file(path) == joined(lines, 0, 40));
  CHECK(std::filesystem::exists(path + ".2"));
  CHECK(static_cast<std::int64_t>(std::filesystem::file_size(path + ".1")) < limit);
}

TEST_CASE("a line of several lines is one, and may be torn at any of them") {
  const std::string pattern = R"("format": "%(thread)d %(message)s\nmore of %(message)s\nend")";
  Dead dead;
  const std::string all = [&] {
    const TempDir dir;
    leave(dir / "crash", dead.image.bytes());
    recover(dir, one_file(dir / "a.log", 0, 3, pattern));
    return read_file(dir / "a.log");
  }();
  CHECK(sink_test::count(all, "end\n") == 40);
  for (std::size_t cut = 0; cut < all.size() / 8; cut += 3) {
    CAPTURE(cut);
    const TempDir dir;
    const std::string path = dir / "a.log";
    write_file(path, "");
    Dead again;
    again.image.sink(path, 0, end_of(path));
    add_to(path, all.substr(0, cut));
    leave(dir / "crash", again.image.bytes());
    recover(dir, one_file(path, 0, 3, pattern));
    CHECK(read_file(path) == all);
  }
}

TEST_CASE("lines that end with something else than a newline are found too") {
  Dead dead;
  const auto config = [](const std::string& path) {
    return R"({"version": 1, "formatters": {"f": {"format": "%(message)s"}},
      "handlers": {"h": {"class": "logging.FileHandler", "formatter": "f", ".": {"terminator": "|"},
      "filename": ")" +
           path + R"("}}, "root": {"level": "DEBUG", "handlers": ["h"]}})";
  };
  const TempDir reference;
  leave(reference / "crash", dead.image.bytes());
  REQUIRE_NOTHROW(recover(reference, config(reference / "a.log")));
  const std::string all = read_file(reference / "a.log");
  CHECK(sink_test::count(all, "|") == 40);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{10}, all.size() / 2}) {
    const TempDir dir;
    const std::string path = dir / "a.log";
    write_file(path, "");
    Dead again;
    again.image.sink(path, 0, end_of(path));
    add_to(path, all.substr(0, cut));
    leave(dir / "crash", again.image.bytes());
    recover(dir, config(path));
    CHECK(read_file(path) == all);
  }
}

TEST_CASE("a dry run counts, and changes nothing") {
  Dead dead;
  const std::vector<std::string> lines = all_lines(dead);
  const TempDir dir;
  const std::string path = dir / "a.log";
  write_file(path, "");
  Dead again;
  again.image.sink(path, 0, end_of(path));
  add_to(path, joined(lines, 0, 9) + "torn");
  leave(dir / "crash", again.image.bytes());
  const std::string before = read_file(path);
  const Summary summary = recover(dir, one_file(path), true);
  CHECK(summary.recovered == 31);
  CHECK(summary.already_written == 9);
  CHECK(summary.files.at(path).recovered == 31);
  CHECK(read_file(path) == before);
  CHECK(has_leftover(dir));
  CHECK(recover(dir, one_file(path)).recovered == 31);
}
