#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"
#include "leftover_support.hpp"
#include "recover/leftover.hpp"
#include "recover/recover.hpp"

using namespace leftover_test;
using engine_test::Line;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using xylem::recover::Leftover;
using xylem::recover::Summary;

namespace {

xylem::recover::Bytes as_bytes(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::string string_payload(std::string_view text) {
  std::string payload;
  append(payload, static_cast<std::uint32_t>(text.size()));
  return payload.append(text);
}

/// Recovers what is in crash/ into a.log.
Summary recover_all(const TempDir& dir) {
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  return xylem::recover::recover(request, *make_tree(one_file(dir / "a.log")));
}

/// Three records of one thread: a good one, one to be spoiled, a good one.
struct Three {
  CrashImage image;
  std::uint64_t site = image.site(make_site("{}", {Kind::string}));
  std::uint64_t logger = image.logger("app");
  RingImage& ring = image.ring("t");

  Summary recover(const TempDir& dir) {
    leave(dir / "crash", image.bytes());
    const StderrCapture quiet;
    return recover_all(dir);
  }

  void add(std::string_view text) { ring.add(site, logger, 1000, string_payload(text)); }
};

/// The middle one is not readable, and costs nothing else.
template <typename Spoil>
void check_one_lost(Spoil spoil) {
  const TempDir dir;
  Three three;
  three.add("first");
  spoil(three);
  three.add("last");
  const Summary summary = three.recover(dir);
  CHECK(summary.recovered == 2);
  CHECK(summary.unreadable == 1);
  const std::string text = read_file(dir / "a.log");
  CHECK(Line{text.substr(0, text.find('\n') + 1)}.message() == "first");
  CHECK(Line{text.substr(text.find('\n') + 1)}.message() == "last");
}

/// Every kind of thing that a crash file has.
std::string rich_image() {
  CrashImage image;
  const std::uint64_t all = image.site(make_site(
      "{} {} {} {} {} {} {} {} {} {} {} {user}",
      {Kind::int64, Kind::uint64, Kind::int32, Kind::uint32, Kind::float64, Kind::float32,
       Kind::boolean, Kind::character, Kind::null, Kind::pointer, Kind::string, Kind::json},
      40, {"", "", "", "", "", "", "", "", "", "", "", "user"}));
  const std::uint64_t foreign = image.site(xylem::record::site(xylem::record::foreign_site));
  const std::uint64_t dropped = image.site(xylem::record::site(xylem::record::dropped_site));
  const std::uint64_t logger = image.logger("app.db");
  std::string payload(8 + 8 + 4 + 4 + 8 + 4, '\1');
  payload += std::string{"\1x"} + std::string(8, '\2');
  append(payload, std::uint32_t{3});
  append(payload, std::uint32_t{7});
  payload += R"(abc{"a":1})";
  xylem::Record made_elsewhere;
  made_elsewhere.message = "elsewhere";
  made_elsewhere.extras.push_back({"k", "[1]"});
  RingImage& one = image.ring("one", 64, 40);
  one.words.dropped.store_relaxed(9);
  one.words.told.store_relaxed(2);
  for (int i = 0; i < 6; ++i) {
    one.add(all, logger, static_cast<std::uint64_t>(i) * 100, payload);
    one.add(foreign, logger, 50, string_payload(xylem::record::pack(made_elsewhere)));
  }
  std::string sum;
  append(sum, std::uint64_t{5});
  one.add(dropped, logger, 700, sum);
  RingImage& two = image.ring("two", 128);
  two.words.source.store_relaxed(1);
  two.add(all, logger, 30, image.spill(payload + std::string(5000, 'z')),
          xylem::detail::flag_spilled);
  image.sink("/tmp/a.log", 1, {1, 2, 3, 4});
  image.keep(0, 1, 3, {{2, 20, "kept\n"}, {3, 21, "and kept\n"}});
  image.hold(0, 1, {{1, 22, "held\n"}, {2, 0, "", 0, xylem::crash::KeptLine::passed_on}});
  return image.bytes();
}

}  // namespace

TEST_CASE("what all records of a process are made of is read back") {
  const std::string bytes = rich_image();
  const auto leftover = Leftover::parse(as_bytes(bytes));
  REQUIRE(leftover);
  CHECK(leftover->unreadable == 0);
  REQUIRE(leftover->rings.size() == 2);
  CHECK(leftover->rings[0].records.size() == 13);
  CHECK(leftover->rings[1].records.size() == 1);
  CHECK(leftover->sinks.size() == 1);

  const TempDir dir;
  leave(dir / "crash", bytes);
  const Summary summary = recover_all(dir);
  CHECK(summary.recovered == 13);
  // The two lines that were kept for a file which the configuration does not have.
  CHECK(summary.unreadable == 2);
  const std::string text = read_file(dir / "a.log");
  CHECK(sink_test::count(text, "elsewhere") == 6);
  CHECK(sink_test::count(text, R"("user":{"a":1})") == 7);
  // 2 had been told, the note in the ring knows of 5, the ring's own count of 9.
  CHECK(sink_test::count(text, "3 records dropped") == 1);
  CHECK(sink_test::count(text, "4 records dropped") == 1);
}

TEST_CASE("a record that is not what its call site says is left out, and no other") {
  check_one_lost([](Three& three) { three.ring.add(77, three.logger, 1000, string_payload("x")); });
  check_one_lost([](Three& three) { three.ring.add(three.site, 77, 1000, string_payload("x")); });
  check_one_lost([](Three& three) {
    std::string payload;
    append(payload, std::uint32_t{45});  // one byte more than there is
    three.ring.add(three.site, three.logger, 1000, payload);
  });
  check_one_lost([](Three& three) {
    const std::uint64_t flag = three.image.site(make_site("{}", {Kind::boolean}));
    three.ring.add(flag, three.logger, 1000, "\2");
  });
  check_one_lost([](Three& three) {
    const std::uint64_t json = three.image.site(make_site("{}", {Kind::json}));
    three.ring.add(json, three.logger, 1000, string_payload("value"));
  });
  check_one_lost([](Three& three) {
    const std::uint64_t big =
        three.image.site(make_site("{}", std::vector<Kind>(100, Kind::int64)));
    three.ring.add(big, three.logger, 1000, "less");
  });
  check_one_lost([](Three& three) {
    std::string reference;
    append(reference, std::uint64_t{900});
    append(reference, std::uint64_t{4});
    three.ring.add(three.site, three.logger, 1000, reference, xylem::detail::flag_spilled);
  });
  check_one_lost([](Three& three) {
    std::string reference = three.image.spill(string_payload("x"));
    const std::uint64_t beyond = xylem::crash::page_bytes + 1;
    std::memcpy(reference.data() + 8, &beyond, sizeof beyond);
    three.ring.add(three.site, three.logger, 1000, reference, xylem::detail::flag_spilled);
  });
  check_one_lost([](Three& three) {
    const std::uint64_t json =
        three.image.site(make_site("{a}", {Kind::json}, 20, {std::string{"a"}}));
    three.ring.add(json, three.logger, 1000, string_payload("{\"a\": "));
  });
  check_one_lost([](Three& three) {
    const std::uint64_t foreign =
        three.image.site(xylem::record::site(xylem::record::foreign_site));
    three.ring.add(foreign, three.logger, 1000, string_payload("no packed record"));
  });
}

TEST_CASE("a spilled payload is one record's, so a small file makes no endless lines") {
  const TempDir dir;
  Three three;
  const std::string reference = three.image.spill(string_payload("spilled"));
  for (int i = 0; i < 3; ++i) {
    three.ring.add(three.site, three.logger, 1000, reference, xylem::detail::flag_spilled);
  }
  const Summary summary = three.recover(dir);
  CHECK(summary.recovered == 1);
  CHECK(summary.unreadable == 2);
}

TEST_CASE("clocks that are none lose records, not the program") {
  for (const double rate :
       {0.0, -1.0, 1e300, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const TempDir dir;
    Three three;
    three.add("x");
    for (auto& clock : three.image.fixed().clocks) clock.pieces[0].ns_per_tick = rate;
    CHECK(three.recover(dir).unreadable == 1);
  }
  const TempDir dir;
  Three three;
  three.ring.add(three.site, three.logger, ~std::uint64_t{0} / 3, string_payload("x"));
  three.image.fixed().clocks[0].newest.store_relaxed(0xffffffff);
  three.image.fixed().clocks[0].pieces[63] = {0, std::numeric_limits<std::int64_t>::max(), 1.0};
  CHECK(three.recover(dir).unreadable == 1);
}

TEST_CASE("a ring whose words make no sense is one unreadable thing") {
  for (const int what : {0, 1, 2}) {
    const TempDir dir;
    Three three;
    three.add("x");
    if (what == 0) three.ring.words.tail.store_relaxed(99);
    if (what == 1) three.ring.words.head.store_relaxed(~std::uint64_t{0});
    if (what == 2) three.ring.slots.resize(3 * xylem::crash::page_bytes);
    CHECK(three.recover(dir).unreadable == 1);
  }
}

TEST_CASE("numbers of batches that cannot be leave it to the file's content") {
  const TempDir dir;
  Three three;
  three.add("x");
  three.image.sink(dir / "a.log", 1'000'001, {});
  three.ring.words.ends[1'000'001 % 8].store_relaxed(1);
  CHECK(three.recover(dir).recovered == 1);
}

TEST_CASE("what is no crash file of this version is nothing") {
  const std::string whole = rich_image();
  CHECK(!Leftover::parse({}));
  CHECK(!Leftover::parse(as_bytes(whole.substr(0, xylem::crash::fixed_bytes - 1))));
  for (const std::size_t at : {std::size_t{0}, offsetof(xylem::crash::Header, version)}) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] + 1);
    CHECK(!Leftover::parse(as_bytes(bad)));
  }
}

TEST_CASE("what a program with another version of the library left is told of, and stays") {
  const TempDir dir;
  std::string other = rich_image();
  other[offsetof(xylem::crash::Header, version)] += 1;
  leave(dir / "crash", other);
  const auto tree = make_tree(one_file(dir / "a.log"));
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity = {"/etc/app.json", 42};
  const sink_test::StderrCapture captured;
  CHECK(xylem::recover::recover(request, *tree).kept == 1);
  CHECK(captured.text().find("another version") != std::string::npos);
  CHECK(std::filesystem::exists(dir / "crash/4711-0123456789abcdef.xylem"));
  // Not of somebody else's.
  request.identity = {"/etc/other.json", 43};
  CHECK(xylem::recover::recover(request, *tree).kept == 0);
}

TEST_CASE("no damage to a crash file does more than lose records") {
  std::mt19937_64 random{20261122};
  const std::string whole = rich_image();
  const TempDir dir;
  const auto tree = make_tree(one_file(dir / "a.log"));
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity = {"/etc/app.json", 42};
  const int rounds = engine_test::is_sanitized ? 300 : 2000;
  std::uint64_t recovered = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string bad = whole;
    // Mostly where something is: the fixed part is full of zeros.
    const std::size_t begin = round % 4 == 0 ? 0 : xylem::crash::fixed_bytes;
    for (int flips = 1 + round % 40; flips > 0; --flips) {
      const std::size_t at = begin + random() % (bad.size() - begin);
      const std::uint64_t value = random() % 2 == 0 ? random() : random() % 70;
      std::memcpy(bad.data() + at, &value,
                  std::min<std::size_t>(1 + random() % 8, bad.size() - at));
    }
    if (round % 7 == 0) bad.resize(random() % bad.size());
    const std::string exact{bad};
    static_cast<void>(Leftover::parse(as_bytes(exact)));
    leave(dir / "crash", bad);
    const StderrCapture quiet;
    recovered += xylem::recover::recover(request, *tree).recovered;
  }
  CHECK(recovered > 0);
  const std::string text = read_file(dir / "a.log");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    REQUIRE_NOTHROW(Line{text.substr(at, end + 1 - at)});
    at = end + 1;
  }
}
