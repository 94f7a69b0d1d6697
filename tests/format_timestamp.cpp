#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "format/timestamp.hpp"

namespace {

using xylem::format::IsoUtcRenderer;
using xylem::format::LocalTimeRenderer;
using xylem::format::to_unix_time_us;

std::string iso(IsoUtcRenderer& renderer, std::int64_t unix_time_ns) {
  char buffer[IsoUtcRenderer::max_bytes];
  return {buffer, renderer.write(buffer, unix_time_ns)};
}

std::string iso(std::int64_t unix_time_ns) {
  IsoUtcRenderer renderer;
  return iso(renderer, unix_time_ns);
}

std::string iso_us(std::int64_t unix_time_us) {
  IsoUtcRenderer renderer;
  char buffer[IsoUtcRenderer::max_bytes];
  return {buffer, renderer.write_us(buffer, unix_time_us)};
}

/// The same by way of the C library.
std::string slow_iso_us(std::int64_t unix_time_us) {
  std::int64_t second = unix_time_us / 1'000'000;
  std::int64_t fraction = unix_time_us % 1'000'000;
  if (fraction < 0) {
    fraction += 1'000'000;
    --second;
  }
  const std::time_t time = second;
  std::tm utc{};
  gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}+00:00", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     fraction == 0 ? "" : fmt::format(".{:06}", fraction));
}

std::int64_t round_half_even_us(std::int64_t unix_time_ns) {
  std::int64_t us = unix_time_ns / 1000;
  std::int64_t rest = unix_time_ns % 1000;
  if (rest < 0) {
    rest += 1000;
    --us;
  }
  return us + (rest > 500 || (rest == 500 && us % 2 != 0) ? 1 : 0);
}

/// Sets the time zone for a test case. In POSIX notation, which needs no zone files.
class Zone {
 public:
  explicit Zone(const char* zone) {
    if (const char* const former = std::getenv("TZ")) former_ = former;
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  ~Zone() {
    if (former_) {
      ::setenv("TZ", former_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  std::optional<std::string> former_;
};

constexpr const char* new_york = "EST5EDT,M3.2.0,M11.1.0";
constexpr const char* kathmandu = "<+0545>-5:45";

}  // namespace

TEST_CASE("time stamps look as Python's isoformat writes them") {
  CHECK(iso(0) == "1970-01-01T00:00:00+00:00");
  CHECK(iso(1'706'023'253'151'737'000) == "2024-01-23T15:20:53.151737+00:00");
  CHECK(iso(1'706'023'253'000'000'000) == "2024-01-23T15:20:53+00:00");
  CHECK(iso(1'706'023'253'000'001'000) == "2024-01-23T15:20:53.000001+00:00");
  CHECK(iso(1'709'208'000'000'000'000) == "2024-02-29T12:00:00+00:00");
  CHECK(iso(951'825'600'000'000'000) == "2000-02-29T12:00:00+00:00");
  CHECK(iso(-1'000) == "1969-12-31T23:59:59.999999+00:00");
  CHECK(iso(std::numeric_limits<std::int64_t>::min()) == "1677-09-21T00:12:43.145224+00:00");
  CHECK(iso(std::numeric_limits<std::int64_t>::max()) == "2262-04-11T23:47:16.854776+00:00");
}

TEST_CASE("a fraction of a microsecond is rounded half-even, also into the next second") {
  CHECK(iso(500) == "1970-01-01T00:00:00+00:00");
  CHECK(iso(501) == "1970-01-01T00:00:00.000001+00:00");
  CHECK(iso(1'499) == "1970-01-01T00:00:00.000001+00:00");
  CHECK(iso(1'500) == "1970-01-01T00:00:00.000002+00:00");
  CHECK(iso(2'500) == "1970-01-01T00:00:00.000002+00:00");
  CHECK(iso(999'999'499) == "1970-01-01T00:00:00.999999+00:00");
  CHECK(iso(999'999'500) == "1970-01-01T00:00:01+00:00");
  CHECK(iso(-500) == "1970-01-01T00:00:00+00:00");
  CHECK(iso(-501) == "1969-12-31T23:59:59.999999+00:00");
  CHECK(iso(-1'500) == "1969-12-31T23:59:59.999998+00:00");
}

TEST_CASE("time stamps are right from year 1 to year 9999") {
  CHECK(iso_us(IsoUtcRenderer::min_unix_time_us) == "0001-01-01T00:00:00+00:00");
  CHECK(iso_us(IsoUtcRenderer::max_unix_time_us) == "9999-12-31T23:59:59.999999+00:00");
  IsoUtcRenderer renderer;
  char buffer[IsoUtcRenderer::max_bytes];
  for (int year = 1; year <= 9999; ++year) {
    // The day after each month's last is where calendars go wrong.
    for (int month = 0; month < 12; ++month) {
      std::tm first_day{};
      first_day.tm_year = year - 1900;
      first_day.tm_mon = month;
      first_day.tm_mday = 1;
      const std::int64_t us = timegm(&first_day) * std::int64_t{1'000'000};
      for (const std::int64_t moment : {us - 1, us}) {
        if (moment < IsoUtcRenderer::min_unix_time_us) continue;
        REQUIRE(std::string(buffer, renderer.write_us(buffer, moment)) == slow_iso_us(moment));
      }
    }
  }
}

TEST_CASE("one renderer writes any sequence of times as a fresh one would") {
  std::mt19937_64 random(8);
  IsoUtcRenderer renderer;
  std::int64_t now_ns = 1'706'023'253'999'000'000;
  for (int i = 0; i < 300'000; ++i) {
    switch (random() % 16) {
      case 0:
        now_ns = static_cast<std::int64_t>(random());
        break;
      case 1:
        now_ns -= static_cast<std::int64_t>(random() % 5'000);
        break;
      case 2:
        now_ns = now_ns / 1'000 * 1'000 + 500;
        break;
      default:
        now_ns += static_cast<std::int64_t>(random() % 700);
        break;
    }
    if (random() % 64 == 0) {
      char buffer[IsoUtcRenderer::max_bytes];
      const std::int64_t us = now_ns / 1'000 + 3;
      REQUIRE(std::string(buffer, renderer.write_us(buffer, us)) == slow_iso_us(us));
    }
    REQUIRE(iso(renderer, now_ns) == slow_iso_us(round_half_even_us(now_ns)));
  }
  for (const std::int64_t extreme :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min(), std::int64_t{0}, std::int64_t{-1}}) {
    CHECK(iso(renderer, extreme) == slow_iso_us(round_half_even_us(extreme)));
  }
}

TEST_CASE("a time stamp in quotes is a JSON string") {
  simdjson::dom::parser parser;
  const std::string text = iso(1'706'023'253'151'737'000);
  CHECK(std::string_view(parser.parse("\"" + text + "\"").get_string()) == text);
}

TEST_CASE("a time in seconds is taken as Python's fromtimestamp takes it") {
  CHECK(to_unix_time_us(1706023253.151737) == 1'706'023'253'151'737);
  CHECK(to_unix_time_us(0.0) == 0);
  CHECK(to_unix_time_us(0.0000005) == 0);
  CHECK(to_unix_time_us(0.0000015) == 2);
  CHECK(to_unix_time_us(0.9999996) == 1'000'000);
  CHECK(to_unix_time_us(-0.9999996) == -1'000'000);
  CHECK(to_unix_time_us(-1.25) == -1'250'000);
  CHECK(to_unix_time_us(-62135596800.0) == IsoUtcRenderer::min_unix_time_us);
  CHECK(to_unix_time_us(253402300799.0) == 253'402'300'799'000'000);
  CHECK(to_unix_time_us(253402300800.0) == std::nullopt);
  CHECK(to_unix_time_us(-62135596801.0) == std::nullopt);
  CHECK(to_unix_time_us(1e300) == std::nullopt);
  CHECK(to_unix_time_us(std::nan("")) == std::nullopt);
  CHECK(to_unix_time_us(-std::numeric_limits<double>::infinity()) == std::nullopt);
}

TEST_CASE("asctime is the local time with milliseconds, as CPython's formatTime") {
  struct Case {
    std::int64_t ns;
    const char* new_york;
    const char* kathmandu;
  };
  const Case cases[] = {
      {1'706'023'253'151'737'000, "2024-01-23 10:20:53,151", "2024-01-23 21:05:53,151"},
      {1'720'000'000'000'999'999, "2024-07-03 05:46:40,000", "2024-07-03 15:31:40,000"},
      {1'710'053'999'000'000'000, "2024-03-10 01:59:59,000", "2024-03-10 12:44:59,000"},
      {1'710'054'000'000'000'000, "2024-03-10 03:00:00,000", "2024-03-10 12:45:00,000"},
      // The double nearest to the time may be the next second: CPython then writes that, with 000.
      {1'677'903'920'999'998'503, "2023-03-03 23:25:20,999", "2023-03-04 10:10:20,999"},
      {1'677'903'920'999'999'900, "2023-03-03 23:25:21,000", "2023-03-04 10:10:21,000"},
  };
  {
    const Zone zone(new_york);
    LocalTimeRenderer renderer;
    for (const Case& c : cases) CHECK(renderer.render(c.ns) == c.new_york);
    CHECK(renderer.render(-1'500'000) == "1969-12-31 18:59:59,998");
  }
  const Zone zone(kathmandu);
  LocalTimeRenderer renderer("");
  for (const Case& c : cases) CHECK(renderer.render(c.ns) == c.kathmandu);
}

TEST_CASE("a datefmt goes to strftime as it is, without milliseconds") {
  constexpr std::int64_t winter = 1'706'023'253'151'737'000;
  constexpr std::int64_t summer = 1'720'000'000'000'999'999;
  const Zone zone(new_york);
  LocalTimeRenderer renderer("%d/%b/%y %f %z %Z %-d %s");
  CHECK(renderer.render(winter) == "23/Jan/24 %f -0500 EST 23 1706023253");
  CHECK(renderer.render(summer) == "03/Jul/24 %f -0400 EDT 3 1720000000");
  CHECK(LocalTimeRenderer("").render(winter) == "2024-01-23 10:20:53,151");
  CHECK(LocalTimeRenderer("\xc3\xa9 100%%").render(winter) == "\xc3\xa9 100%");
  CHECK(LocalTimeRenderer("no field").render(winter) == "no field");
  CHECK(LocalTimeRenderer("%").render(winter) == "%");
  CHECK(LocalTimeRenderer("%H:%").render(winter) == "10:%");
}

TEST_CASE("a datefmt may be of any length, and may ask for too much") {
  constexpr std::int64_t winter = 1'706'023'253'151'737'000;
  const Zone zone(new_york);
  std::string format;
  std::string want;
  for (int i = 0; i < 20'000; ++i) {
    format += "%H-";
    want += "10-";
  }
  CHECK(LocalTimeRenderer(format).render(winter) == want);
  CHECK(LocalTimeRenderer("%900d").render(winter) == std::string(898, '0') + "23");
  CHECK(LocalTimeRenderer("%99999d").render(winter).empty());
  CHECK_THROWS_AS(LocalTimeRenderer(std::string("%H\0%M", 5)), std::invalid_argument);
}

TEST_CASE("a local time follows the second and the milliseconds however they come") {
  const Zone zone(new_york);
  LocalTimeRenderer renderer;
  LocalTimeRenderer dated("%S");
  std::mt19937_64 random(9);
  std::int64_t now_ns = 1'706'023'253'000'000'000;
  for (int i = 0; i < 20'000; ++i) {
    now_ns += static_cast<std::int64_t>(random() % 5'000'000) - 1'000'000;
    LocalTimeRenderer fresh;
    REQUIRE(renderer.render(now_ns) == fresh.render(now_ns));
    LocalTimeRenderer fresh_dated("%S");
    REQUIRE(dated.render(now_ns) == fresh_dated.render(now_ns));
  }
  CHECK(renderer.render(1'706'023'253, 7) == "2024-01-23 10:20:53,007");
  CHECK(renderer.render(1'706'023'253, 1'234) == "2024-01-23 10:20:53,1234");
  CHECK(renderer.render(1'706'023'253, -5) == "2024-01-23 10:20:53,-05");
  CHECK(renderer.render(1'706'023'253, 42) == "2024-01-23 10:20:53,042");
  CHECK(dated.render(1'706'023'299, 7) == "39");
  CHECK(renderer.render(std::numeric_limits<std::int64_t>::max(), 7) == ",007");
}
