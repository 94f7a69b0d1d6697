#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xylem::sink {

/// When a file rolls by time and what it is called then: the rules of TimedRotatingFileHandler in
/// CPython 3.13 (Lib/logging/handlers.py), whose corrections for daylight saving time assume an
/// hour. Times are seconds since the epoch; doubles, because an interval may be a fraction. Local
/// time is that of the process (tzset(3)). Immutable.
class RolloverSchedule {
 public:
  enum class When : std::uint8_t { second, minute, hour, day, midnight, weekly };

  struct Options {
    When when = When::hour;
    /// Of `weekly`: the day at whose end the file rolls; 0 is Monday.
    int weekday = 0;
    /// How many of the units make an interval. May be a fraction, 0 or negative, as in CPython.
    double units = 1;
    /// Names, midnights and weekdays are those of UTC.
    bool is_utc = false;
    /// An interval, in the place of the units.
    std::optional<double> interval_s{};
  };

  explicit RolloverSchedule(Options options);

  /// The first moment to roll after `now_s`; infinity where the calendar ends.
  double next(std::int64_t now_s) const;

  /// What a file is called that rolls at `now_s` and was to do so at `rollover_s`: the begin of its
  /// interval. Empty where the calendar ends.
  std::string suffix(double rollover_s, std::int64_t now_s) const;

  /// Whether it looks like a suffix(): digits and separators, whatever the date.
  bool is_suffix(std::string_view text) const;

 private:
  double at_end_of_day(std::int64_t now_s) const;

  Options options_;
  double interval_s_;
  const char* format_;
};

}  // namespace xylem::sink
