#include "sink/rotating_file_sink.hpp"

#include <string>
#include <vector>

namespace xylem::sink {

namespace {

FileOptions in_effect(FileOptions file, const RotationOptions& rotation) {
  if (rotation.max_bytes > 0) file.mode = OpenMode::append;
  return file;
}

}  // namespace

RotatingFileSink::RotatingFileSink(std::string_view path, RotationOptions rotation,
                                   FileOptions file, SinkOptions options)
    : RollingFileSink(path, in_effect(file, rotation), options),
      size_{rotation.max_bytes, rotation.terminator_code_points},
      backup_count_{rotation.backup_count} {}

bool RotatingFileSink::may_roll(const LineBuffer& lines) {
  return size_.max_bytes > 0 && !size_.is_far(file().position(), lines.bytes());
}

bool RotatingFileSink::rolls_before(std::string_view line, std::uint64_t, std::uint64_t position) {
  return size_.rolls_before(line, position);
}

RollingFileSink::Moved RotatingFileSink::move_away() {
  if (backup_count_ <= 0) return Moved::in_place;
  const auto move_to = [this](const std::string& from, int number) {
    const std::string to = path() + '.' + std::to_string(number);
    const int error = move_file(from, to);
    if (error != 0) rolling_failed(error_text(error, from, to));
    return error == 0;
  };
  // A file that the list lacks would be overwritten.
  std::vector<int> numbers;
  if (const int error = numbered_files(path(), backup_count_ - 1, numbers); error != 0) {
    rolling_failed(error_text(error, path()));
    return Moved::no;
  }
  for (const int number : numbers) {
    if (!move_to(path() + '.' + std::to_string(number), number + 1)) return Moved::no;
  }
  return move_to(path(), 1) ? Moved::yes : Moved::no;
}

}  // namespace xylem::sink
