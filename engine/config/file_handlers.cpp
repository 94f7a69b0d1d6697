#include "config/file_handlers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

using When = SchedulePlan::When;

/// Where the calendar of the C library ends, and its integers.
constexpr double last_date_s = 6.7e16;
constexpr double last_second_s = 9.2e18;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void read_when(const Cursor& when, SchedulePlan& plan) {
  const auto* text = when.value().get_if<std::string>();
  if (text == nullptr) {
    when.fail("'" + std::string(python_type(when.value())) + "' object has no attribute 'upper'");
  }
  std::string word = *text;
  for (char& c : word) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  static constexpr std::pair<std::string_view, When> words[] = {
      {"S", When::second}, {"M", When::minute},          {"H", When::hour},
      {"D", When::day},    {"MIDNIGHT", When::midnight},
  };
  const auto* const known =
      std::find_if(std::begin(words), std::end(words),
                   [&word](const auto& entry) { return entry.first == word; });
  if (known != std::end(words)) {
    plan.when = known->second;
    return;
  }
  if (!word.starts_with('W')) when.fail("Invalid rollover interval specified: " + word);
  if (code_points(word) != 2) {
    when.fail("You must specify a day for weekly rollover from 0 to 6 (0 is Monday): " + word);
  }
  if (word[1] < '0' || word[1] > '6') {
    when.fail("Invalid day specified for weekly rollover: " + word);
  }
  plan.when = When::weekly;
  plan.weekday = word[1] - '0';
}

/// In Python an integer times anything; what comes of it is added to an integer.
void read_interval(const Cursor& config, SchedulePlan& plan) {
  const std::optional<Cursor> interval = config.find("interval");
  if (!interval) return;
  const Value& value = interval->value();
  if (const auto* integer = value.get_if<std::int64_t>()) {
    plan.units = static_cast<double>(*integer);
  } else if (const auto* flag = value.get_if<bool>()) {
    plan.units = *flag ? 1 : 0;
  } else if (const auto* number = value.get_if<double>()) {
    plan.units = *number;
  } else if (const auto* big = value.get_if<BigInteger>()) {
    plan.units = big->digits.front() == '-' ? -1e300 : 1e300;
  } else {
    const std::string type{python_type(value)};
    // A string or a list is repeated. An object is of dictConfig's own kind of dict.
    const bool is_repeated = type == "str" || type == "list";
    interval->fail(fmt::format("unsupported operand type(s) for {}: 'int' and '{}'",
                               is_repeated ? '+' : '*', type == "dict" ? "ConvertingDict" : type));
  }
  if (plan.when != When::midnight && plan.when != When::weekly) return;
  constexpr double day_s = 86400;
  const double seconds = std::fabs(plan.units) * day_s * (plan.when == When::weekly ? 7 : 1);
  if (std::isnan(seconds)) interval->fail("Invalid value NaN (not a number)");
  if (seconds > last_second_s) interval->fail("timestamp out of range for platform time_t");
  if (seconds > last_date_s) interval->fail("[Errno 75] Value too large for defined data type");
}

/// A datetime.time, in Python; no JSON value is one.
void check_at_time(const Cursor& config, const SchedulePlan& plan) {
  const std::optional<Cursor> time = config.find("atTime");
  if (!time || time->value().is_null()) return;
  if (plan.when != When::midnight && plan.when != When::weekly) return;  // not looked at
  time->fail("'" + std::string(python_type(time->value())) + "' object has no attribute 'hour'");
}

SchedulePlan read_schedule(const Cursor& config) {
  SchedulePlan plan;
  if (const std::optional<Cursor> when = config.find("when")) read_when(*when, plan);
  read_interval(config, plan);
  plan.is_utc = read_flag(config, "utc", false);
  return plan;
}

std::optional<PackedAs> read_compress(const Cursor& config) {
  const std::optional<Cursor> compress = config.find("compress");
  if (!compress || compress->value().is_null()) return std::nullopt;
  const auto* text = compress->value().get_if<std::string>();
  if (text != nullptr && *text == "gzip") return PackedAs::gzip;
  if (text != nullptr && *text == "zstd") return PackedAs::zstd;
  compress->fail("Expected 'zstd' or 'gzip', got " + python_repr(compress->value()));
}

std::string backups_text(int backups) {
  return fmt::format("{} backup{}", backups, backups == 1 ? "" : "s");
}

}  // namespace

HandlerKind read_watched_file_handler(const Cursor& config, const HandlerScope&) {
  FilePlan plan = read_file_plan(config);
  plan.is_watched = true;
  return plan;
}

HandlerKind read_timed_file_handler(const Cursor& config, const HandlerScope&) {
  TimedFilePlan plan;
  plan.file = read_file_plan(config);
  plan.schedule = read_schedule(config);
  check_at_time(config, plan.schedule);
  plan.backup_count = read_backups(config);
  return plan;
}

HandlerKind read_archive_file_handler(const Cursor& config, const HandlerScope&) {
  ArchiveFilePlan plan;
  plan.file = read_file_plan(config);
  plan.max_bytes = read_count(config, "maxBytes");
  const std::optional<Cursor> when = config.find("when");
  if (when && !when->value().is_null()) {
    plan.schedule = read_schedule(config);
  } else if (const std::optional<Cursor> interval = config.find("interval")) {
    interval->fail("interval is of no use without when");
  }
  plan.backup_count = read_backups(config);
  plan.total_bytes = read_count(config, "totalBytes");
  plan.packed_as = read_compress(config);
  return plan;
}

std::string schedule_text(const SchedulePlan& schedule) {
  static constexpr std::string_view units[] = {"second", "minute", "hour", "day", "midnight"};
  static constexpr std::string_view days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                              "Friday", "Saturday", "Sunday"};
  const std::string unit = schedule.when == When::weekly
                               ? fmt::format("end of {}", days[schedule.weekday])
                               : std::string{units[static_cast<std::size_t>(schedule.when)]};
  const char* const zone = schedule.is_utc ? ", UTC" : "";
  if (schedule.interval_s) {
    const bool is_by_day = schedule.when == When::midnight || schedule.when == When::weekly;
    const std::string where = is_by_day ? "at the " + unit + " " : "";
    return fmt::format("{}every {} s{}", where, *schedule.interval_s, zone);
  }
  const std::string text =
      schedule.units == 1 ? "every " + unit : fmt::format("every {} × {}", schedule.units, unit);
  return text + zone;
}

std::string rolling_text(const TimedFilePlan& plan) {
  const std::string backups =
      plan.backup_count > 0 ? backups_text(plan.backup_count) : "all backups are kept";
  const std::string later = plan.later ? ", then " + schedule_text(*plan.later) : "";
  return ", rolls over " + schedule_text(plan.schedule) + later + ", " + backups;
}

std::string rolling_text(const ArchiveFilePlan& plan) {
  std::string text;
  if (plan.max_bytes > 0) text += fmt::format(", {} bytes a file", plan.max_bytes);
  if (plan.schedule) text += ", rolls over " + schedule_text(*plan.schedule);
  if (text.empty()) return ", never rolls over";
  if (plan.packed_as) text += plan.packed_as == PackedAs::gzip ? ", gzip" : ", zstd";
  if (plan.backup_count > 0) text += ", " + backups_text(plan.backup_count);
  if (plan.total_bytes > 0) text += fmt::format(", backups of {} bytes in all", plan.total_bytes);
  if (plan.backup_count <= 0 && plan.total_bytes <= 0) text += ", all backups are kept";
  return text;
}

}  // namespace xylem::config
