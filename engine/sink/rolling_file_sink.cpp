#include "sink/rolling_file_sink.hpp"

#include <algorithm>

#include "sink/report.hpp"

namespace xylem::sink {
namespace {

constexpr std::int64_t first_retry_ms = 100;
constexpr std::int64_t longest_retry_ms = 1000;

std::uint64_t code_points(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

bool SizeRule::rolls_before(std::string_view line, std::uint64_t position) const {
  // No line counts for more than its bytes and one.
  if (position == 0 || is_far(position, line.size())) return false;
  const std::uint64_t length = code_points(line) + 1 - terminator_code_points;
  return position + length >= static_cast<std::uint64_t>(max_bytes);
}

int RollingFileSink::hand_over(LineBuffer& lines, std::int64_t now_ms) {
  now_ms_ = now_ms;
  bool rolled = false;
  if (!moved_but_not_opened_ && (file().is_open() || opens_first())) {
    if (const int error = follow_path(lines, now_ms); error != 0) return error;
  }
  while (true) {
    if (opens_first()) {
      if (const int error = open_if_closed(); error != 0) return error;
    }
    const Part part = part_for_this_file(lines, rolled);
    if (part.lines > 0) {
      if (const int error = open_if_closed(); error != 0) return error;
      if (const int error = write_some(lines, part.bytes, part.lines); error != 0) return error;
    }
    if (lines.empty()) return 0;
    rolled = roll_over();
    if (rolled) continue;
    if (const int error = open_if_closed(); error != 0) return error;
    return write_some(lines, lines.bytes(), lines.lines());
  }
}

/// How much of the buffer comes before the next roll. After a roll the oldest line is not asked
/// again, so that another process that fills the new file cannot keep this one rolling.
RollingFileSink::Part RollingFileSink::part_for_this_file(const LineBuffer& lines, bool rolled) {
  if (!retry_.due(now_ms_) || !may_roll(lines)) return {lines.bytes(), lines.lines()};
  const std::uint64_t position = file().position();
  std::size_t bytes = 0;
  std::size_t i = 0;
  if (rolled || lines.torn_bytes() > 0) bytes = lines.mark(i++).bytes - lines.torn_bytes();
  for (; i < lines.lines(); ++i) {
    const std::string_view line(lines.data() + bytes, lines.mark(i).bytes);
    if (rolls_before(line, lines.first_line() + i, position + bytes)) return {bytes, i};
    bytes += line.size();
  }
  return {bytes, i};
}

/// Whether lines of this batch may roll the file once more.
bool RollingFileSink::roll_over() {
  if (!is_regular_or_absent(path())) {
    cannot_roll();
    return false;
  }
  const Moved moved = moved_but_not_opened_ ? Moved::yes : move_away();
  if (moved == Moved::no || moved == Moved::not_yet) return moved == Moved::not_yet;
  if (const int error = file().open(path(), OpenMode::append); error != 0) {
    moved_but_not_opened_ = moved == Moved::yes;
    rolling_failed(error_text(error, path()));
    return false;
  }
  moved_but_not_opened_ = false;
  if (retry_.active()) {
    report(quoted(path()) + " can be rotated again");
    retry_.succeeded();
  }
  has_rolled();
  // The same file has been opened again, and no line of this batch changes that.
  return moved == Moved::yes;
}

void RollingFileSink::rolling_failed(const std::string& why) {
  if (!retry_.active()) report(why + " (not rotated, lines go on to the file at hand)");
  retry_.failed(now_ms_, first_retry_ms, longest_retry_ms);
}

}  // namespace xylem::sink
