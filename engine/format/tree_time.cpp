#include "format/tree_time.hpp"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace xylem::format {
namespace {

using detail::Int128;
using record::TreeItem;
using record::TreeTag;

constexpr std::int64_t day_s = 86'400;

/// Seconds and the rest in units of 10^-digits.
struct Split {
  Int128 seconds;
  std::int64_t rest;
  int digits;
};

constexpr std::int64_t power_of_ten(int digits) {
  std::int64_t power = 1;
  while (digits-- > 0) power *= 10;
  return power;
}

/// As many digits as show the period exactly, or those of a nanosecond.
int digits_of(std::int64_t denominator) {
  for (int digits = 0; digits <= 18; ++digits) {
    if (power_of_ten(digits) % denominator == 0) return digits;
  }
  return 9;
}

Split split(const TreeItem& item) {
  const Int128 total = static_cast<Int128>(item.int64) * item.numerator;
  Int128 seconds = total / item.denominator;
  Int128 rest = total % item.denominator;
  if (rest < 0) {
    rest += item.denominator;
    --seconds;
  }
  const int digits = digits_of(item.denominator);
  return {seconds, static_cast<std::int64_t>(rest * power_of_ten(digits) / item.denominator),
          digits};
}

constexpr std::pair<std::pair<std::int64_t, std::int64_t>, const char*> units[] = {
    {{1, 1}, "s"},          {{1, 1'000}, "ms"},
    {{1, 1'000'000}, "us"}, {{1, 1'000'000'000}, "ns"},
    {{60, 1}, "min"},       {{3600, 1}, "h"},
    {{day_s, 1}, "d"},      {{1, 1'000'000'000'000}, "ps"},
    {{1, 100}, "cs"},       {{1, 10}, "ds"},
    {{1'000, 1}, "ks"},     {{1, 1'000'000'000'000'000}, "fs"},
};

/// As C++20's std::format names it.
std::string unit_of(const TreeItem& item) {
  for (const auto& [period, name] : units) {
    if (period == std::pair{item.numerator, item.denominator}) return name;
  }
  if (item.denominator == 1) return fmt::format("[{}]s", item.numerator);
  return fmt::format("[{}/{}]s", item.numerator, item.denominator);
}

std::string text_of_duration(const TreeItem& item) {
  if (item.tag == TreeTag::duration_float) {
    return fmt::format("{}{}", item.float64, unit_of(item));
  }
  return fmt::format("{}{}", item.int64, unit_of(item));
}

struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

/// The proleptic Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// civil_from_days).
Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

/// Beyond it are no years that anybody can mean, and libfmt would refuse them.
bool is_in_calendar(Int128 seconds) {
  constexpr std::int64_t most = day_s * 366 * 1'000'000;
  return seconds > -most && seconds < most;
}

std::string text_of_fraction(const Split& time) {
  return time.digits == 0 ? std::string{} : fmt::format(".{:0{}}", time.rest, time.digits);
}

std::tm tm_of(Int128 seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (!is_in_calendar(seconds) || gmtime_r(&time, &parts) == nullptr) {
    throw fmt::format_error{"time out of range"};
  }
  return parts;
}

template <typename Period>
std::string duration_by(const Split& time, const std::string& spec) {
  using Duration = std::chrono::duration<std::int64_t, Period>;
  const Int128 unit = Period::den;
  const Int128 count = time.seconds * unit +
                       time.rest / (power_of_ten(time.digits) / static_cast<std::int64_t>(unit));
  if (count < std::numeric_limits<std::int64_t>::min() ||
      count > std::numeric_limits<std::int64_t>::max()) {
    throw fmt::format_error{"duration out of range"};
  }
  return fmt::format(fmt::runtime(spec), Duration{static_cast<std::int64_t>(count)});
}

std::string convert(const TreeItem& item, std::string_view conversions) {
  const std::string spec = "{:" + std::string{conversions} + "}";
  if (item.tag == TreeTag::duration_float) {
    const double seconds =
        item.float64 * static_cast<double>(item.numerator) / static_cast<double>(item.denominator);
    return fmt::format(fmt::runtime(spec), std::chrono::duration<double>{seconds});
  }
  Split time = split(item);
  if (item.tag == TreeTag::time) return fmt::format(fmt::runtime(spec), tm_of(time.seconds));
  if (time.digits == 0) return duration_by<std::ratio<1>>(time, spec);
  if (time.digits <= 3) {
    time = {time.seconds, time.rest * power_of_ten(3 - time.digits), 3};
    return duration_by<std::milli>(time, spec);
  }
  if (time.digits <= 6) {
    time = {time.seconds, time.rest * power_of_ten(6 - time.digits), 6};
    return duration_by<std::micro>(time, spec);
  }
  if (time.digits < 9) time = {time.seconds, time.rest * power_of_ten(9 - time.digits), 9};
  return duration_by<std::nano>(time, spec);
}

/// Where the conversions begin: behind fill, alignment and width.
std::size_t find_conversions(std::string_view spec) {
  const auto is_align = [&spec](std::size_t at) {
    return at < spec.size() && (spec[at] == '<' || spec[at] == '>' || spec[at] == '^');
  };
  std::size_t at = is_align(1) ? 2 : is_align(0) ? 1 : 0;
  while (at < spec.size() && spec[at] >= '0' && spec[at] <= '9') ++at;
  if (at < spec.size() && spec[at] != '%') throw fmt::format_error{"invalid format"};
  return at;
}

}  // namespace

std::string text_of_time(const TreeItem& item) {
  if (item.tag != TreeTag::time) return text_of_duration(item);
  const Split time = split(item);
  if (!is_in_calendar(time.seconds)) return text_of_duration(item);
  const auto seconds = static_cast<std::int64_t>(time.seconds);
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - (day_s - 1)) / day_s;
  const std::int64_t of_day = seconds - days * day_s;
  const Date date = date_of(days);
  return fmt::format("{}{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", date.year < 0 ? "-" : "",
                     date.year < 0 ? -date.year : date.year, date.month, date.day, of_day / 3600,
                     of_day / 60 % 60, of_day % 60, text_of_fraction(time));
}

std::string text_of_time(const TreeItem& item, std::string_view spec) {
  const std::size_t at = find_conversions(spec);
  const std::string text = at == spec.size() ? text_of_time(item) : convert(item, spec.substr(at));
  return fmt::format(fmt::runtime("{:" + std::string{spec.substr(0, at)} + "}"), text);
}

}  // namespace xylem::format
