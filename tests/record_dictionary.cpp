#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "record/dictionary.hpp"

using namespace xylem::record;

namespace {

Site make_site(int level, std::string format) {
  Site site{};
  site.id = 77;
  site.level = static_cast<xylem::Level>(level);
  site.format = std::move(format);
  site.pathname = "/src/a.cpp";
  site.function = "void f()";
  site.line = 41;
  return site;
}

void check_same(const Site& a, const Site& b) {
  CHECK(a.level == b.level);
  CHECK(a.format == b.format);
  CHECK(a.pathname == b.pathname);
  CHECK(a.function == b.function);
  CHECK(a.line == b.line);
  CHECK(a.fixed_bytes == b.fixed_bytes);
  CHECK(a.has_tails == b.has_tails);
  REQUIRE(a.arguments.size() == b.arguments.size());
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    CHECK(a.arguments[i].kind == b.arguments[i].kind);
    CHECK(a.arguments[i].is_field == b.arguments[i].is_field);
    CHECK(a.arguments[i].key == b.arguments[i].key);
    CHECK(a.arguments[i].offset == b.arguments[i].offset);
  }
}

void check_round_trip(const Site& site) {
  Site read{};
  read.id = 5;
  REQUIRE(decode(encode(site), read));
  CHECK(read.id == 5);
  check_same(site, read);
}

Site one_of_each_kind() {
  Site site = make_site(-25, std::string{"{} \0 {key}\xff", 11});
  for (int kind = 0; kind <= static_cast<int>(xylem::detail::last_kind); ++kind) {
    if (static_cast<Kind>(kind) == Kind::members) continue;
    const bool is_field = kind % 2 == 0;
    add_argument(site, static_cast<Kind>(kind), is_field, is_field ? "key" : "");
  }
  add_argument(site, Kind::members, false, "");  // the last, if any
  return site;
}

}  // namespace

TEST_CASE("a call site reads back as it was, from the bytes alone") {
  check_round_trip(make_site(20, ""));
  check_round_trip(one_of_each_kind());
  Site site = make_site(20, "{}");
  add_argument(site, Kind::json, true, "");
  check_round_trip(site);
  check_round_trip(xylem::record::site(dropped_site));
}

TEST_CASE("what a site reads into keeps nothing of before") {
  Site used = one_of_each_kind();
  const Site plain = make_site(10, "plain");
  REQUIRE(decode(encode(plain), used));
  check_same(plain, used);
}

TEST_CASE("a call site that was cut short, or goes on too long, is refused") {
  const std::string whole = encode(one_of_each_kind());
  Site site{};
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    CAPTURE(bytes);
    CHECK(!decode(whole.substr(0, bytes), site));
  }
  CHECK(!decode(whole + '\0', site));
}

TEST_CASE("unknown kinds, flags and counts that cannot be are refused") {
  Site source = make_site(10, "");
  const std::size_t count_at = encode(source).size() - sizeof(std::uint32_t);
  add_argument(source, Kind::exception, false, "");
  const std::string whole = encode(source);
  Site site{};
  REQUIRE(decode(whole, site));

  std::string bad = whole;
  bad[count_at + 4] = static_cast<char>(xylem::detail::last_kind) + 1;
  CHECK(!decode(bad, site));
  bad = whole;
  bad[count_at + 5] = 2;
  CHECK(!decode(bad, site));
  bad = whole;
  const std::uint32_t many = 0xffff'ffff;
  std::memcpy(bad.data() + count_at, &many, sizeof many);
  CHECK(!decode(bad, site));
  // As many null arguments as are promised, and more than any call has.
  const std::uint32_t too_many = max_site_arguments + 1;
  bad = whole.substr(0, count_at);
  bad.append(reinterpret_cast<const char*>(&too_many), sizeof too_many);
  for (std::uint32_t i = 0; i < too_many; ++i) bad += {static_cast<char>(Kind::null), '\0'};
  CHECK(!decode(bad, site));
}

TEST_CASE("no flipped byte makes a call site read beyond its bytes") {
  std::mt19937 random{7};
  const std::string whole = encode(one_of_each_kind());
  for (int round = 0; round < 20'000; ++round) {
    std::string bad = whole;
    for (int flips = 1 + round % 3; flips > 0; --flips) {
      bad[random() % bad.size()] = static_cast<char>(random());
    }
    Site site{};
    if (!decode(bad, site)) continue;
    Site again{};
    REQUIRE(decode(encode(site), again));
    REQUIRE(encode(again) == bad);
  }
}
