#include "format/timestamp.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "format/integer.hpp"

namespace xylem::format {

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t us_per_s = 1'000'000;
constexpr std::int64_t s_per_day = 86'400;

struct Floored {
  std::int64_t quotient;
  std::int64_t rest;  ///< in [0, divisor)
};

constexpr Floored floor_divide(std::int64_t dividend, std::int64_t divisor) {
  Floored result{dividend / divisor, dividend % divisor};
  if (result.rest < 0) {
    result.rest += divisor;
    --result.quotient;
  }
  return result;
}

struct Date {
  unsigned year;
  unsigned month;
  unsigned day;
};

/// The proleptic Gregorian date of a day since 1970, for years 0 to 9999. Counts in years that
/// begin on 1 March, so that the leap day comes last (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", civil_from_days).
constexpr Date date_of(std::int64_t unix_day) {
  constexpr std::int64_t days_from_0000_03_01_to_1970 = 719'468;
  constexpr unsigned days_per_era = 146'097;  // 400 years
  const auto day = static_cast<unsigned>(unix_day + days_from_0000_03_01_to_1970);
  const unsigned era = day / days_per_era;
  const unsigned day_of_era = day % days_per_era;
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;  // March is 0
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const unsigned year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

void put_2(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

/// "2024-01-23T15:20:53", 19 bytes.
void put_second(char* out, std::int64_t unix_time_s) {
  const Floored days = floor_divide(unix_time_s, s_per_day);
  const Date date = date_of(days.quotient);
  const auto second = static_cast<unsigned>(days.rest);
  put_2(out, date.year / 100);
  put_2(out + 2, date.year % 100);
  out[4] = '-';
  put_2(out + 5, date.month);
  out[7] = '-';
  put_2(out + 8, date.day);
  out[10] = 'T';
  put_2(out + 11, second / 3600);
  out[13] = ':';
  put_2(out + 14, second / 60 % 60);
  out[16] = ':';
  put_2(out + 17, second % 60);
}

}  // namespace

void IsoUtcRenderer::render_us(std::int64_t unix_time_us) {
  constexpr int second_size = 19;
  const Floored time = floor_divide(unix_time_us, us_per_s);
  if (time.quotient != second_) {
    put_second(image_, time.quotient);
    second_ = time.quotient;
  }
  char* out = image_ + second_size;
  if (time.rest != 0) {
    char digits[8];
    integer_detail::write_8_digits(digits, static_cast<std::uint32_t>(time.rest));
    *out++ = '.';
    std::memcpy(out, digits + 2, 6);
    out += 6;
  }
  constexpr std::string_view zone = "+00:00";
  std::memcpy(out, zone.data(), zone.size());
  size_ = static_cast<int>(out + zone.size() - image_);
}

void IsoUtcRenderer::render_ns(std::int64_t unix_time_ns) {
  constexpr std::int64_t half_us_ns = 500;
  const Floored time = floor_divide(unix_time_ns, 1'000);
  const bool up = time.rest > half_us_ns || (time.rest == half_us_ns && (time.quotient & 1) != 0);
  const std::int64_t unix_time_us = time.quotient + (up ? 1 : 0);
  render_us(unix_time_us);

  // The image is right as far as rounding leads to the same µs; an odd one loses both its ties.
  const std::int64_t reach_ns = (unix_time_us & 1) == 0 ? half_us_ns : half_us_ns - 1;
  const std::int64_t offset_ns = up ? time.rest - 1'000 : time.rest;
  std::int64_t first_ns = 0;
  if (__builtin_sub_overflow(unix_time_ns, offset_ns + reach_ns, &first_ns)) {
    first_ns = std::numeric_limits<std::int64_t>::min();
  }
  std::int64_t last_ns = 0;
  if (__builtin_add_overflow(unix_time_ns, reach_ns - offset_ns, &last_ns)) {
    last_ns = std::numeric_limits<std::int64_t>::max();
  }
  first_ns_ = static_cast<std::uint64_t>(first_ns);
  window_ns_ = static_cast<std::uint64_t>(last_ns) - first_ns_ + 1;
}

char* IsoUtcRenderer::write_us(char* out, std::int64_t unix_time_us) {
  render_us(unix_time_us);
  // Not worth a window of its own: this is for times that come from outside.
  window_ns_ = 0;
  return copy(out);
}

std::optional<std::int64_t> to_unix_time_us(double unix_time_s) {
  constexpr std::int64_t min_s = IsoUtcRenderer::min_unix_time_us / us_per_s;
  constexpr std::int64_t end_s = IsoUtcRenderer::max_unix_time_us / us_per_s + 1;
  // Written so that NaN fails it.
  if (!(unix_time_s >= static_cast<double>(min_s) && unix_time_s < static_cast<double>(end_s))) {
    return std::nullopt;
  }
  double whole_s = 0;
  // Half-even is the rounding mode that nearbyint finds in force.
  const double fraction_us = std::nearbyint(std::modf(unix_time_s, &whole_s) * 1e6);
  const std::int64_t time_us =
      static_cast<std::int64_t>(whole_s) * us_per_s + static_cast<std::int64_t>(fraction_us);
  if (time_us > IsoUtcRenderer::max_unix_time_us) return std::nullopt;
  return time_us;
}

LocalTimeRenderer::LocalTimeRenderer(std::string datefmt)
    : LocalTimeRenderer{TimeLayout{.datefmt = std::move(datefmt)}} {}

LocalTimeRenderer::LocalTimeRenderer(TimeLayout layout)
    : shown_{Msecs::none}, is_utc_{layout.is_utc} {
  if (!layout.datefmt.empty()) {
    datefmt_ = std::move(layout.datefmt);
  } else {
    datefmt_ = std::move(layout.default_time_format);
    const bool is_usual = layout.default_msec_format == TimeLayout{}.default_msec_format;
    if (is_usual) {
      shown_ = Msecs::plain;
    } else if (!layout.default_msec_format.empty()) {
      shown_ = Msecs::formatted;
      msec_format_.emplace(layout.default_msec_format);
    }
  }
  if (datefmt_.find('\0') != std::string::npos) {
    throw std::invalid_argument("embedded null character");
  }
  datefmt_.insert(0, 1, '.');
}

int msecs_of_time(std::int64_t unix_time_ns) {
  const Floored time = floor_divide(unix_time_ns, ns_per_s);
  const auto msecs = static_cast<int>(time.rest / 1'000'000);
  const double created_s = static_cast<double>(unix_time_ns) / 1e9;
  return msecs == 999 && static_cast<std::int64_t>(created_s) != time.quotient ? 0 : msecs;
}

void LocalTimeRenderer::render_ns(std::int64_t unix_time_ns) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const double created_s = static_cast<double>(unix_time_ns) / 1e9;
  const int msecs = msecs_of_time(unix_time_ns);
  render(static_cast<std::int64_t>(std::floor(created_s)), static_cast<double>(msecs));
  const Floored time = floor_divide(unix_time_ns, ns_per_ms);
  // The last millisecond of a second may end in the next one, as a double.
  if (floor_divide(time.quotient, 1000).rest == 999) return;
  first_ns_ = static_cast<std::uint64_t>(unix_time_ns) - static_cast<std::uint64_t>(time.rest);
  window_ns_ = ns_per_ms;
}

std::string_view LocalTimeRenderer::render(std::int64_t unix_time_s, double msecs) {
  window_ns_ = 0;
  if (second_ != unix_time_s) {
    render_second(unix_time_s);
    second_ = unix_time_s;
    msecs_.reset();
  }
  if (shown_ == Msecs::formatted) {
    formatted_ = msec_format_->apply(std::string_view(text_).substr(1), msecs);
    return rendered_ = formatted_;
  }
  const auto whole = static_cast<int>(msecs);
  if (shown_ == Msecs::plain && msecs_ != whole) {
    append_msecs(whole);
    msecs_ = whole;
  }
  return rendered_ = std::string_view(text_).substr(1);
}

std::optional<std::size_t> LocalTimeRenderer::most_bytes() const {
  if (shown_ == Msecs::formatted) return std::nullopt;
  // Of the years that nanoseconds in 64 bits reach.
  static constexpr std::pair<std::string_view, std::size_t> widths[] = {
      {"F", 10}, {"DT", 8}, {"z", 6},          {"R", 5},
      {"Y", 4},  {"j", 3},  {"mdHIMSyekl", 2}, {"uw%nt", 1}};
  std::size_t bytes = 16;  // a comma and milliseconds
  for (std::size_t at = 1; at < datefmt_.size(); ++at) {
    if (datefmt_[at] != '%') {
      ++bytes;
      continue;
    }
    const char letter = ++at < datefmt_.size() ? datefmt_[at] : '\0';
    const auto* const width = std::find_if(
        std::begin(widths), std::end(widths),
        [letter](const auto& entry) { return entry.first.find(letter) != std::string_view::npos; });
    if (width == std::end(widths)) return std::nullopt;
    bytes += width->second;
  }
  return bytes;
}

void LocalTimeRenderer::render_second(std::int64_t unix_time_s) {
  const std::time_t time = unix_time_s;
  std::tm local{};
  second_size_ = 0;
  if ((is_utc_ ? gmtime_r(&time, &local) : localtime_r(&time, &local)) != nullptr) {
    const std::size_t limit = 256 * (datefmt_.size() - 1);
    for (std::size_t size = 1024;; size *= 2) {
      text_.resize(size);
      second_size_ = std::strftime(text_.data(), text_.size(), datefmt_.c_str(), &local);
      if (second_size_ > 0 || size >= limit) break;
    }
  }
  if (second_size_ == 0) {
    text_.assign(1, '.');
    second_size_ = 1;
  }
  text_.resize(second_size_);
}

void LocalTimeRenderer::append_msecs(int msecs) {
  char digits[max_integer_bytes + 64];
  const auto size = static_cast<std::size_t>(write_i64(digits, msecs) - digits);
  text_.resize(second_size_);
  text_ += ',';
  // As "%03d": a sign counts towards the width and comes before the zeros.
  const std::size_t sign = msecs < 0 ? 1 : 0;
  text_.append(digits, sign);
  if (size < 3) text_.append(3 - size, '0');
  text_.append(digits + sign, size - sign);
}

}  // namespace xylem::format
