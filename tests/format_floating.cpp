#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "format/floating.hpp"

namespace {

using xylem::format::max_floating_bytes;
using xylem::format::write_plain;
using xylem::format::write_repr;

constexpr int slack = 64;

template <class Float>
std::string repr(Float value) {
  char buffer[max_floating_bytes + slack];
  char* const end = write_repr(buffer, value);
  REQUIRE(end - buffer <= max_floating_bytes);
  return {buffer, end};
}

template <class Float>
std::string plain(Float value) {
  char buffer[max_floating_bytes + slack];
  char* const end = write_plain(buffer, value);
  REQUIRE(end - buffer <= max_floating_bytes);
  return {buffer, end};
}

/// Python's layout of the shortest digits as the standard library finds them.
template <class Float>
std::string slow_repr(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char buffer[64];
  const std::string text(
      buffer,
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr);
  const std::size_t mark = text.find('e');
  const int power = std::stoi(text.substr(mark + 1));
  const std::string sign = text.front() == '-' ? "-" : "";
  std::string digits = text.substr(sign.size(), mark - sign.size());
  if (digits.size() > 1) digits.erase(1, 1);
  if (power < -4 || power >= 16) {
    if (digits.size() > 1) digits.insert(1, ".");
    return sign + digits + fmt::format("e{}{:02}", power < 0 ? '-' : '+', std::abs(power));
  }
  if (power < 0) return sign + "0." + std::string(-power - 1, '0') + digits;
  const auto whole = static_cast<std::size_t>(power) + 1;
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  if (digits.size() == whole) return sign + digits + ".0";
  return sign + digits.insert(whole, ".");
}

template <class Float>
void require_exact(Float value) {
  const std::string got = repr(value);
  const std::string want = slow_repr(value);
  if (got != want) REQUIRE(got == want);
  const std::string got_plain = plain(value);
  const std::string want_plain = fmt::format("{}", value);
  if (got_plain != want_plain) REQUIRE(got_plain == want_plain);
}

/// CI looks at some millions; `XYLEM_EXHAUSTIVE=1` at 100 million.
int random_count() {
  const char* const exhaustive = std::getenv("XYLEM_EXHAUSTIVE");
  return exhaustive != nullptr && std::string_view(exhaustive) == "1" ? 100'000'000 : 1'000'000;
}

double neighbour(double value, int steps) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) +
                               static_cast<std::uint64_t>(static_cast<std::int64_t>(steps)));
}

float neighbour(float value, int steps) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) +
                              static_cast<std::uint32_t>(steps));
}

}  // namespace

TEST_CASE("floats look as Python's json.dumps writes them") {
  CHECK(repr(0.0) == "0.0");
  CHECK(repr(-0.0) == "-0.0");
  CHECK(repr(1.0) == "1.0");
  CHECK(repr(-2.5) == "-2.5");
  CHECK(repr(0.1) == "0.1");
  CHECK(repr(0.1 + 0.2) == "0.30000000000000004");
  CHECK(repr(100.0) == "100.0");
  CHECK(repr(1e15) == "1000000000000000.0");
  CHECK(repr(1e16) == "1e+16");
  CHECK(repr(9007199254740993.0) == "9007199254740992.0");
  CHECK(repr(9999999999999998.0) == "9999999999999998.0");
  CHECK(repr(1234567890123456.8) == "1234567890123456.8");
  CHECK(repr(1700000000.123456) == "1700000000.123456");
  CHECK(repr(1e22) == "1e+22");
  CHECK(repr(1.5e300) == "1.5e+300");
  CHECK(repr(0.0001) == "0.0001");
  CHECK(repr(0.00012345) == "0.00012345");
  CHECK(repr(0.00001) == "1e-05");
  CHECK(repr(1.25e-7) == "1.25e-07");
  CHECK(repr(5e-324) == "5e-324");
  CHECK(repr(5.684341886080802e-14) == "5.684341886080802e-14");
  CHECK(repr(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(repr(-std::numeric_limits<double>::denorm_min()) == "-5e-324");
  CHECK(repr(std::nan("")) == "NaN");
  CHECK(repr(-std::nan("")) == "NaN");
  CHECK(repr(std::numeric_limits<double>::infinity()) == "Infinity");
  CHECK(repr(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("floats in a message look as libfmt writes them") {
  for (const double value : {0.0, -0.0, 1.0, -1.5, 1e15, 1e16, 1e-4, 1e-5, 0.1, 1e100, 5e-324}) {
    CHECK(plain(value) == fmt::format("{}", value));
    CHECK(plain(static_cast<float>(value)) == fmt::format("{}", static_cast<float>(value)));
  }
  CHECK(plain(1.0) == "1");
  CHECK(plain(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(plain(-std::numeric_limits<float>::infinity()) == "-inf");
  CHECK(plain(std::nan("")) == fmt::format("{}", std::nan("")));
  CHECK(plain(-std::nan("")) == fmt::format("{}", -std::nan("")));
}

TEST_CASE("a float keeps its own digits and not those of a double") {
  CHECK(repr(0.1F) == "0.1");
  CHECK(repr(3.14159274F) == "3.1415927");
  CHECK(repr(16777216.0F) == "16777216.0");
  CHECK(repr(33554432.0F) == "33554432.0");
  CHECK(repr(123456789012.0F) == "123456790000.0");
  CHECK(repr(1e-45F) == "1e-45");
  CHECK(repr(std::numeric_limits<float>::max()) == "3.4028235e+38");
  CHECK(repr(-0.0F) == "-0.0");
  CHECK(repr(std::numeric_limits<float>::quiet_NaN()) == "NaN");
}

TEST_CASE("the fast ways to write a float agree with the standard library at every boundary") {
  for (int power = -1074; power <= 1023; ++power) {
    for (int steps = -2; steps <= 2; ++steps) {
      require_exact(neighbour(std::ldexp(1.0, power), steps));
      if (power >= -149 && power <= 127) {
        require_exact(neighbour(std::ldexp(1.0F, power), steps));
      }
    }
  }
  for (int power = -323; power <= 308; ++power) {
    const double value = std::strtod(fmt::format("1e{}", power).c_str(), nullptr);
    for (int steps = -20; steps <= 20; ++steps) {
      require_exact(neighbour(value, steps));
      require_exact(neighbour(-value, steps));
      require_exact(neighbour(static_cast<float>(value), steps));
    }
  }
}

TEST_CASE("the fast ways to write a float agree with the standard library on random numbers") {
  std::mt19937_64 random(1);
  const int count = random_count();
  for (int i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    switch (i % 4) {
      case 0:  // any double and any float
        require_exact(std::bit_cast<double>(bits));
        require_exact(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        break;
      case 1: {  // what people log: few decimals, and the doubles next to it
        const auto mantissa = static_cast<double>(bits >> (11 + random() % 50));
        const double value = mantissa / std::pow(10.0, static_cast<double>(random() % 12));
        require_exact(value);
        require_exact(neighbour(value, 1));
        require_exact(static_cast<float>(value));
        break;
      }
      case 2:  // around the limits of the fast ways
        require_exact(static_cast<double>(bits >> (8 + random() % 6)) * 0.25);
        require_exact(1e7 + static_cast<double>(bits >> 40) / 1e4);
        require_exact(1e11 - static_cast<double>(bits >> 40) / 1e4);
        break;
      default:  // measured values with all their digits
        require_exact(static_cast<double>(bits >> 11) * 0x1p-53 *
                      std::pow(10.0, static_cast<double>(random() % 20) - 5.0));
        break;
    }
  }
}

TEST_CASE("a JSON reader gets back the very number that was logged") {
  std::mt19937_64 random(2);
  simdjson::dom::parser parser;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = random();
    const double value = i % 2 == 0 ? std::bit_cast<double>(bits)
                                    : static_cast<double>(bits >> 30) / (i % 3 == 0 ? 1e4 : 1e8);
    if (!std::isfinite(value)) continue;
    const double back = parser.parse(repr(value)).get_double();
    REQUIRE(std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(value));
  }
}
