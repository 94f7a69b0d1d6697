#include <charconv>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "format/integer.hpp"

namespace {

using xylem::format::max_integer_bytes;
using xylem::format::write_i64;
using xylem::format::write_u64;

constexpr int slack = 64;

template <class Integer>
bool same_as_to_chars(Integer value) {
  char expected[32];
  const std::string_view want(
      expected, std::to_chars(expected, expected + sizeof expected, value).ptr - expected);
  char actual[max_integer_bytes + slack];
  char* end = nullptr;
  if constexpr (std::is_signed_v<Integer>) {
    end = write_i64(actual, value);
  } else {
    end = write_u64(actual, value);
  }
  const std::string_view got(actual, end - actual);
  if (got != want) MESSAGE("got " << std::string(got) << ", want " << std::string(want));
  return got == want && end - actual <= max_integer_bytes;
}

}  // namespace

TEST_CASE("integers of every length are written digit for digit") {
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    for (std::uint64_t delta = 0; delta <= 2000; ++delta) {
      REQUIRE(same_as_to_chars(power + delta));
      REQUIRE(same_as_to_chars(power - delta));
      REQUIRE(same_as_to_chars(static_cast<std::int64_t>(power + delta)));
      REQUIRE(same_as_to_chars(static_cast<std::int64_t>(0 - power + delta)));
    }
  }
}

TEST_CASE("the extreme integers keep all their digits and the sign") {
  REQUIRE(same_as_to_chars(std::uint64_t{0}));
  REQUIRE(same_as_to_chars(std::numeric_limits<std::uint64_t>::max()));
  REQUIRE(same_as_to_chars(std::int64_t{0}));
  REQUIRE(same_as_to_chars(std::int64_t{-1}));
  REQUIRE(same_as_to_chars(std::numeric_limits<std::int64_t>::min()));
  REQUIRE(same_as_to_chars(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("all integers below a million and random ones of every size come out right") {
  for (std::uint64_t value = 0; value < 1'000'000; ++value) REQUIRE(same_as_to_chars(value));
  std::mt19937_64 random(20240123);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t bits = random();
    const std::uint64_t value = bits >> (random() % 64);
    REQUIRE(same_as_to_chars(value));
    REQUIRE(same_as_to_chars(static_cast<std::int64_t>(value)));
    REQUIRE(same_as_to_chars(-static_cast<std::int64_t>(value >> 1)));
  }
}
