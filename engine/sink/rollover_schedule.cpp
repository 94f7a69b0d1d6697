#include "sink/rollover_schedule.hpp"

#include <array>
#include <cmath>
#include <ctime>
#include <limits>
#include <optional>

namespace xylem::sink {
namespace {

constexpr int minute_s = 60;
constexpr int hour_s = 60 * minute_s;
constexpr int day_s = 24 * hour_s;
constexpr int week_s = 7 * day_s;

/// Beyond any year that the C library can tell.
constexpr double calendar_s = 1e17;

struct Unit {
  int seconds;
  const char* format;
};

Unit unit_of(RolloverSchedule::When when) {
  using When = RolloverSchedule::When;
  switch (when) {
    case When::second:
      return {1, "%Y-%m-%d_%H-%M-%S"};
    case When::minute:
      return {minute_s, "%Y-%m-%d_%H-%M"};
    case When::hour:
      return {hour_s, "%Y-%m-%d_%H"};
    case When::day:
    case When::midnight:
      return {day_s, "%Y-%m-%d"};
    case When::weekly:
      break;
  }
  return {week_s, "%Y-%m-%d"};
}

std::optional<std::tm> calendar(double seconds, bool is_utc) {
  const double whole = std::floor(seconds);
  if (!(std::fabs(whole) < calendar_s)) return std::nullopt;
  const auto time = static_cast<std::time_t>(whole);
  std::tm parts{};
  if ((is_utc ? ::gmtime_r(&time, &parts) : ::localtime_r(&time, &parts)) == nullptr) {
    return std::nullopt;
  }
  return parts;
}

}  // namespace

RolloverSchedule::RolloverSchedule(Options options)
    : options_{options},
      interval_s_{options.interval_s.value_or(unit_of(options.when).seconds * options.units)},
      format_{unit_of(options.when).format} {}

double RolloverSchedule::next(std::int64_t now_s) const {
  const bool is_by_day = options_.when == When::midnight || options_.when == When::weekly;
  return is_by_day ? at_end_of_day(now_s) : static_cast<double>(now_s) + interval_s_;
}

double RolloverSchedule::at_end_of_day(std::int64_t now_s) const {
  constexpr double never = std::numeric_limits<double>::infinity();
  const std::optional<std::tm> now = calendar(static_cast<double>(now_s), options_.is_utc);
  if (!now) return never;
  const int since_midnight_s = now->tm_hour * hour_s + now->tm_min * minute_s + now->tm_sec;
  double at_s = static_cast<double>(now_s) + (day_s - since_midnight_s);
  if (options_.when == When::weekly) {
    const int weekday = (now->tm_wday + 6) % 7;
    at_s += (options_.weekday - weekday + 7) % 7 * double{day_s} + (interval_s_ - week_s);
  } else {
    at_s += interval_s_ - day_s;
  }
  if (options_.is_utc) return at_s;
  const std::optional<std::tm> then = calendar(at_s, false);
  if (!then) return never;
  if ((now->tm_isdst > 0) == (then->tm_isdst > 0)) return at_s;
  if (now->tm_isdst > 0) return at_s + hour_s;
  // It may begin in the very hour that would be taken off.
  const std::optional<std::tm> hour_before = calendar(at_s - hour_s, false);
  return hour_before && hour_before->tm_isdst > 0 ? at_s - hour_s : at_s;
}

std::string RolloverSchedule::suffix(double rollover_s, std::int64_t now_s) const {
  const double begin_s = rollover_s - interval_s_;
  std::optional<std::tm> begin = calendar(begin_s, options_.is_utc);
  if (!options_.is_utc && begin) {
    const std::optional<std::tm> now = calendar(static_cast<double>(now_s), false);
    if (now && (now->tm_isdst > 0) != (begin->tm_isdst > 0)) {
      begin = calendar(begin_s + (now->tm_isdst > 0 ? hour_s : -hour_s), false);
    }
  }
  if (!begin) return {};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format_, &*begin)};
}

bool RolloverSchedule::is_suffix(std::string_view text) const {
  const auto take_digits = [&text](std::size_t count) {
    if (text.size() < count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (text[i] < '0' || text[i] > '9') return false;
    }
    text.remove_prefix(count);
    return true;
  };
  for (const char* at = format_; *at != '\0'; ++at) {
    if (*at == '%') {
      ++at;
      if (!take_digits(*at == 'Y' ? 4 : 2)) return false;
    } else {
      if (text.empty() || text.front() != *at) return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

}  // namespace xylem::sink
