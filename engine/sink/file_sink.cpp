#include "sink/file_sink.hpp"

namespace xylem::sink {

FileSink::FileSink(std::string_view path, FileOptions file, SinkOptions options)
    : Sink(absolute_path(path), options), mode_(file.mode) {
  if (file.delay) return;
  const int error = open_if_closed();
  if (error != 0) throw FileError(error, this->path());
}

int FileSink::open_if_closed() {
  if (file_.is_open()) return 0;
  return file_.open(path(), mode_);
}

void FileSink::take_over() {
  if (!file_.is_open()) return;
  // Truncated once, if at all. When it cannot be opened, the lines go to the file at hand.
  if (!file_.is_at(path())) file_.open(path(), OpenMode::append);
  file_.go_to_end();
}

int FileSink::write_some(LineBuffer& lines, std::size_t bytes) {
  const WriteResult result = file_.write(lines.data(), bytes);
  lines.take(result.bytes);
  return result.error;
}

int FileSink::hand_over(LineBuffer& lines, std::int64_t) {
  const int error = open_if_closed();
  return error != 0 ? error : write_some(lines, lines.bytes());
}

void FileSink::cut_torn_line(std::size_t bytes) {
  // When it cannot be cut, the half line stays; close() reports the line as lost either way.
  file_.cut(bytes);
}

int FileSink::release() {
  return file_.close();
}

}  // namespace xylem::sink
