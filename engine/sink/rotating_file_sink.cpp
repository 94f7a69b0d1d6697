#include "sink/rotating_file_sink.hpp"

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

FileOptions in_effect(FileOptions file, const RotationOptions& rotation) {
  if (rotation.max_bytes > 0) file.mode = OpenMode::append;
  return file;
}

}  // namespace

RotatingFileSink::RotatingFileSink(std::string_view path, RotationOptions rotation,
                                   FileOptions file, SinkOptions options)
    : FileSink(path, in_effect(file, rotation), options), rotation_(rotation) {}

int RotatingFileSink::hand_over(LineBuffer& lines, std::int64_t now_ms) {
  now_ms_ = now_ms;
  bool rolled = false;
  if (!moved_but_not_opened_) {
    if (const int error = follow_path(lines, now_ms); error != 0) return error;
  }
  while (true) {
    if (const int error = open_if_closed(); error != 0) return error;
    if (const int error = write_some(lines, bytes_for_this_file(lines, rolled)); error != 0)
      return error;
    if (lines.empty()) return 0;
    rolled = roll_over();
    if (!rolled) return write_some(lines, lines.bytes());
  }
}

std::size_t RotatingFileSink::bytes_for_this_file(const LineBuffer& lines, bool rolled) {
  if (rotation_.max_bytes <= 0 || !retry_.due(now_ms_)) return lines.bytes();
  const std::uint64_t position = file().position();
  // No line counts for more than its bytes and one (see rolls_before).
  if (position + lines.bytes() + 1 < static_cast<std::uint64_t>(rotation_.max_bytes)) {
    return lines.bytes();
  }
  std::size_t bytes = 0;
  std::size_t i = 0;
  if (rolled || lines.torn_bytes() > 0) bytes = lines.mark(i++).bytes - lines.torn_bytes();
  for (; i < lines.lines(); ++i) {
    const std::string_view line(lines.data() + bytes, lines.mark(i).bytes);
    if (rolls_before(line, position + bytes)) break;
    bytes += line.size();
  }
  return bytes;
}

bool RotatingFileSink::rolls_before(std::string_view line, std::uint64_t position) const {
  const auto max_bytes = static_cast<std::uint64_t>(rotation_.max_bytes);
  if (position == 0 || position + line.size() + 1 < max_bytes) return false;
  const std::uint64_t length = code_points(line) + 1 - rotation_.terminator_code_points;
  return position + length >= max_bytes;
}

bool RotatingFileSink::roll_over() {
  if (!is_regular_or_absent(path())) return false;
  if (!moved_but_not_opened_ && rotation_.backup_count > 0 && !move_files()) return false;
  if (const int error = file().open(path(), OpenMode::append); error != 0) {
    moved_but_not_opened_ = rotation_.backup_count > 0;
    rolling_failed(error_text(error, path()));
    return false;
  }
  moved_but_not_opened_ = false;
  if (retry_.active()) {
    report(quoted(path()) + " can be rotated again");
    retry_.succeeded();
  }
  // Without backups the same file has been opened again, and no line of this batch changes that.
  return rotation_.backup_count > 0;
}

bool RotatingFileSink::move_files() {
  const auto move_to = [this](const std::string& from, int number) {
    const std::string to = path() + '.' + std::to_string(number);
    const int error = move_file(from, to);
    if (error != 0) rolling_failed(error_text(error, from, to));
    return error == 0;
  };
  // A file that the list lacks would be overwritten.
  std::vector<int> numbers;
  if (const int error = numbered_files(path(), rotation_.backup_count - 1, numbers); error != 0) {
    rolling_failed(error_text(error, path()));
    return false;
  }
  for (const int number : numbers) {
    if (!move_to(path() + '.' + std::to_string(number), number + 1)) return false;
  }
  return move_to(path(), 1);
}

void RotatingFileSink::rolling_failed(const std::string& why) {
  if (!retry_.active()) report(why + " (not rotated, lines go on to the file at hand)");
  retry_.failed(now_ms_, first_retry_ms, longest_retry_ms);
}

}  // namespace xylem::sink
