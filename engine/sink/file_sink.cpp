#include "sink/file_sink.hpp"

#include <cerrno>
#include <utility>

#include "sink/report.hpp"

namespace xylem::sink {
namespace {

constexpr std::int64_t look_interval_ms = 100;

bool is_lack_of_room(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EAGAIN;
}

}  // namespace

FileSink::FileSink(std::string_view path, FileOptions file, SinkOptions options)
    : Sink(absolute_path(path), options),
      mode_(file.mode),
      look_interval_ms_(file.is_watched ? 0 : look_interval_ms) {
  if (file.delay) return;
  const int error = file_.open(this->path(), OpenMode::append);
  if (error != 0) throw FileError(error, this->path());
  if (sink::may_block(file_.descriptor())) {
    console_ = std::make_shared<Console>(file_.descriptor());
  }
}

FileSink::~FileSink() {
  leave_thread();
}

void FileSink::begin() {
  // There is nothing to empty in a pipe, and its thread has the descriptor.
  if (mode_ != OpenMode::truncate || !file_.is_open() || console_ != nullptr) return;
  mode_ = OpenMode::append;
  // By its name: the sink of before may have rolled away the file that was opened first.
  const int error = file_.open(path(), OpenMode::truncate);
  if (error != 0) report(error_text(error, path()) + " (not emptied, lines are appended)");
}

int FileSink::open_if_closed() {
  if (file_.is_open()) return 0;
  const int error = file_.open(path(), mode_);
  if (error == 0) mode_ = OpenMode::append;
  return error;
}

int FileSink::follow_path(LineBuffer& lines, std::int64_t now_ms) {
  if (!file_.is_open()) return open_if_closed();
  const bool is_deleted = file_.is_deleted();
  bool has_moved = false;
  if (now_ms >= look_ms_) {
    look_ms_ = now_ms + look_interval_ms_;
    has_moved = file_.has_moved_from(path());
  }
  if (!is_deleted && !has_moved && !is_broken_) return 0;
  // To open a named pipe would wait for its reader.
  if (!is_regular_or_absent(path())) return 0;
  PosixFile next;
  // Lines in a file that has been renamed are not lost, nor those that a broken one does not take.
  if (const int error = next.open(path(), OpenMode::append); error != 0)
    return is_deleted ? error : 0;
  is_broken_ = false;
  if (lines.torn_bytes() > 0 && !next.is_same_file(file_)) {
    file_.cut(lines.torn_bytes());
    lines.untear();
  }
  file_ = std::move(next);
  return 0;
}

void FileSink::take_over() {
  if (!file_.is_open()) return;
  // Truncated once, if at all. When it cannot be opened, the lines go to the file at hand.
  if (!file_.is_at(path())) file_.open(path(), OpenMode::append);
  file_.go_to_end();
}

int FileSink::write_some(LineBuffer& lines, std::size_t bytes, std::size_t most_lines) {
  const WriteResult result = file_.write(lines.data(), bytes);
  lines.take(result.bytes, most_lines);
  is_broken_ = result.error != 0 && !is_lack_of_room(result.error);
  return result.error;
}

int FileSink::hand_over(LineBuffer& lines, std::int64_t now_ms) {
  const int error = follow_path(lines, now_ms);
  return error != 0 ? error : write_some(lines, lines.bytes(), lines.lines());
}

void FileSink::cut_torn_line(std::size_t bytes) {
  // When it cannot be cut, the half line stays; close() reports the line as lost either way.
  file_.cut(bytes);
}

int FileSink::release() {
  return file_.close();
}

}  // namespace xylem::sink
