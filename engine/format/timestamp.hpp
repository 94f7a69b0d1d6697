#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "format/copy.hpp"
#include "format/msec_format.hpp"

namespace xylem::format {

/// Renders points in time as Python's `datetime.fromtimestamp(t, tz=utc).isoformat()` does:
/// `2024-01-23T15:20:53.151737+00:00`, without the fraction when the microseconds are 0.
///
/// Keeps the image of the last microsecond and of the last second: at millions of lines a second
/// most calls are one comparison and a copy of 32 bytes. Not thread-safe; each thread has its own.
class IsoUtcRenderer {
 public:
  /// The most bytes a call advances; it may store that many whatever it advances.
  static constexpr int max_bytes = 32;

  /// The microseconds that `write_us` accepts: years 1 to 9999.
  static constexpr std::int64_t min_unix_time_us = -62'135'596'800'000'000;
  static constexpr std::int64_t max_unix_time_us = 253'402'300'799'999'999;

  /// Writes a time in ns since 1970, rounded half-even to a microsecond, and returns the end.
  char* write(char* out, std::int64_t unix_time_ns) {
    if (static_cast<std::uint64_t>(unix_time_ns) - first_ns_ >= window_ns_) [[unlikely]] {
      render_ns(unix_time_ns);
    }
    return copy(out);
  }

  /// The same if the image is at hand, else null: without a call.
  char* write_quickly(char* out, std::int64_t unix_time_ns) const {
    if (static_cast<std::uint64_t>(unix_time_ns) - first_ns_ >= window_ns_) [[unlikely]] {
      return nullptr;
    }
    return copy(out);
  }

  /// Writes a time in µs since 1970 within the limits above and returns the end.
  char* write_us(char* out, std::int64_t unix_time_us);

 private:
  char* copy(char* out) const {
    copy_32(out, image_);
    return out + size_;
  }
  void render_ns(std::int64_t unix_time_ns);
  void render_us(std::int64_t unix_time_us);

  /// The times that the image is right for: `window_ns_` many from `first_ns_` on.
  std::uint64_t first_ns_ = 0;
  std::uint64_t window_ns_ = 0;
  std::int64_t second_ = 0;
  int size_ = 25;
  char image_[max_bytes + 1] = "1970-01-01T00:00:00+00:00";
};

/// The microsecond that Python's `datetime.fromtimestamp(unix_time_s)` makes of a time in seconds
/// (the fraction rounded half-even), or nothing outside the years 1 to 9999 and for NaN.
std::optional<std::int64_t> to_unix_time_us(double unix_time_s);

/// How a logging.Formatter shows times; its attributes in Python have these names.
struct TimeLayout {
  std::string datefmt{};  // for strftime(3) as it is; empty: the two below
  std::string default_time_format = "%Y-%m-%d %H:%M:%S";
  std::string default_msec_format = "%s,%03d";  // empty: no milliseconds
  bool is_utc = false;                          // `converter` is time.gmtime
};

/// Renders points in time as CPython's `logging.Formatter.formatTime` does, by default in the local
/// zone.
///
/// Keeps the text of the last millisecond and of the last second. Not thread-safe; each thread has
/// its own.
class LocalTimeRenderer {
 public:
  /// Throws std::invalid_argument for a format with a NUL character, as CPython does when it
  /// formats.
  explicit LocalTimeRenderer(TimeLayout layout = {});

  /// With a `datefmt` and nothing else of its own.
  explicit LocalTimeRenderer(std::string datefmt);

  LocalTimeRenderer(const LocalTimeRenderer&) = delete;
  LocalTimeRenderer& operator=(const LocalTimeRenderer&) = delete;

  /// The text for a record created at this time in ns since 1970. Valid until the next call. Like
  /// CPython it takes the second from the time as a double, which may be the next one in the last
  /// 100 ns. A text much longer than 256 times the format ("%99999d") is empty, as in CPython.
  /// Throws FormatError for a `default_msec_format` that Python's `%` refuses.
  std::string_view render(std::int64_t unix_time_ns) {
    if (static_cast<std::uint64_t>(unix_time_ns) - first_ns_ >= window_ns_) [[unlikely]] {
      render_ns(unix_time_ns);
    }
    return rendered_;
  }

  /// The most bytes of a text that render(unix_time_ns) returns; nothing if it would take libc's
  /// locale, or a layout of one's own, to tell.
  std::optional<std::size_t> most_bytes() const;

  /// The same for a record whose second and milliseconds are given apart. A second beyond the years
  /// that libc knows has an empty date.
  std::string_view render(std::int64_t unix_time_s, double msecs);

 private:
  enum class Msecs { none, plain, formatted };

  void render_ns(std::int64_t unix_time_ns);
  void render_second(std::int64_t unix_time_s);
  void append_msecs(int msecs);

  std::string_view rendered_;  ///< What the last call returned.
  /// The times that it is right for: `window_ns_` many from `first_ns_` on.
  std::uint64_t first_ns_ = 0;
  std::uint64_t window_ns_ = 0;
  Msecs shown_;
  bool is_utc_;
  std::string datefmt_;          ///< After a sentinel, which tells an empty text from a failure.
  std::string text_;             ///< After the same sentinel.
  std::size_t second_size_ = 0;  ///< The part of text_ that depends on the second alone.
  std::optional<std::int64_t> second_;
  std::optional<int> msecs_;
  std::optional<MsecFormat> msec_format_;
  std::string formatted_;
};

/// The clock of formatters that show times in a layout of their own.
struct LineClock : IsoUtcRenderer {
  explicit LineClock(TimeLayout layout) : local{std::move(layout)} {}

  LocalTimeRenderer local;
};

/// The `msecs` of a record created at this time: whole ones, and 0 where the time as a double is
/// that of the next second, by CPython's own correction.
int msecs_of_time(std::int64_t unix_time_ns);

}  // namespace xylem::format
