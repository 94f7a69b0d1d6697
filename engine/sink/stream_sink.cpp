#include "sink/stream_sink.hpp"

#include <utility>

#include <unistd.h>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"

namespace xylem::sink {

StreamSink::StreamSink(int fd, std::string name, SinkOptions options)
    : Sink(std::move(name), options), fd_(fd) {}

StreamSink::~StreamSink() {
  if (holds_reports_) release_reports();
}

int StreamSink::hand_over(LineBuffer& lines, std::int64_t) {
  const WriteResult result = write_fully(fd_, lines.data(), lines.bytes());
  lines.take(result.bytes);
  hold_reports_while(lines.torn_bytes() > 0);
  return result.error;
}

void StreamSink::hold_reports_while(bool is_torn) {
  const bool torn = fd_ == STDERR_FILENO && is_torn;
  if (torn == holds_reports_) return;
  holds_reports_ = torn;
  if (torn) {
    hold_reports();
  } else {
    release_reports();
  }
}

int StreamSink::release() {
  hold_reports_while(false);
  return 0;
}

}  // namespace xylem::sink
