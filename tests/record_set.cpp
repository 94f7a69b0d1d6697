#include "sink/record_set.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using xylem::sink::RecordRange;
using xylem::sink::RecordSet;

namespace {

using Ranges = std::vector<RecordRange>;

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

Ranges as_ranges(const std::set<std::uint64_t>& numbers) {
  Ranges out;
  for (const std::uint64_t n : numbers) {
    if (!out.empty() && out.back().last + 1 == n) {
      out.back().last = n;
    } else {
      out.push_back({n, n});
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a record lost by two sinks counts once") {
  RecordSet first;
  first.insert({1, 10});
  first.insert(20);
  RecordSet second;
  second.insert({8, 12});
  second.insert(20);
  second.insert(30);
  first.merge(second);
  CHECK(first.size() == 14);
  CHECK(first.ranges() == Ranges{{1, 12}, {20, 20}, {30, 30}});
}

TEST_CASE("a run of lost records takes the memory of one") {
  RecordSet set;
  for (std::uint64_t n = 0; n < 100'000; ++n) set.insert(n);
  CHECK(set.ranges() == Ranges{{0, 99'999}});
  CHECK(set.size() == 100'000);
}

TEST_CASE("the largest record number is a number like others") {
  RecordSet set;
  set.insert(largest);
  set.insert({largest - 2, largest - 1});
  set.insert(0);
  CHECK(set.ranges() == Ranges{{0, 0}, {largest - 2, largest}});
  CHECK(set.size() == 4);
}

TEST_CASE("a range that ends before it begins is refused") {
  RecordSet set;
  CHECK_THROWS_AS(set.insert({5, 4}), std::invalid_argument);
  CHECK(set.empty());
}

TEST_CASE("settled records stay counted and give their memory back") {
  RecordSet set;
  for (std::uint64_t n = 0; n < 1000; n += 2) set.insert(n);
  const std::vector<RecordRange> undecided = {{100, 109}, {105, 119}, {300, 300}};
  set.settle(undecided, 900);
  CHECK(set.size() == 500);
  CHECK(set.ranges().size() == 10 + 1 + 50);
  CHECK(set.ranges().front() == RecordRange{100, 100});
  CHECK(set.ranges()[10] == RecordRange{300, 300});
  CHECK(set.ranges()[11] == RecordRange{900, 900});

  set.insert(101);  // lost at last, by the sink that held it
  CHECK(set.size() == 501);
  set.settle({}, 1000);
  CHECK(set.ranges().empty());
  CHECK(set.size() == 501);
}

TEST_CASE("a range is settled in part") {
  RecordSet set;
  set.insert({10, 99});
  const std::vector<RecordRange> undecided = {{0, 12}, {50, 59}};
  set.settle(undecided, 90);
  CHECK(set.ranges() == Ranges{{10, 12}, {50, 59}, {90, 99}});
  CHECK(set.size() == 90);
}

TEST_CASE("any order of insertions and merges gives the set of all numbers") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    RecordSet set;
    std::set<std::uint64_t> expected;
    RecordSet other;
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t first = random() % 200;
      const std::uint64_t last = first + random() % 6;
      (random() % 3 == 0 ? other : set).insert({first, last});
      for (std::uint64_t n = first; n <= last; ++n) expected.insert(n);
    }
    set.merge(other);
    REQUIRE(set.ranges() == as_ranges(expected));
    REQUIRE(set.size() == expected.size());
    set.merge(set);
    REQUIRE(set.size() == expected.size());
  }
}
