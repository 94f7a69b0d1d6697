#include "sink/sink.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <poll.h>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"

namespace xylem::sink {

Sink::Sink(std::string name, SinkOptions options)
    : buffer_(options.buffer_bytes), trouble_(std::move(name)), options_(options) {
  options_.buffer_bytes = buffer_.capacity_bytes();
}

Sink::~Sink() = default;

void Sink::watch() {
  watched_ = trouble_.active() || buffer_.capacity_bytes() > options_.buffer_bytes;
}

void Sink::try_to_write() {
  const std::size_t bytes_before = buffer_.bytes();
  const int error = hand_over();
  if (error != 0) {
    trouble_.failed(error, now_ms_, buffer_.bytes() < bytes_before);
  } else if (trouble_.active()) {
    trouble_.ended();
  }
  watch();
}

void Sink::flush(std::int64_t now_ms) {
  now_ms_ = now_ms;
  if (!buffer_.empty() && trouble_.due(now_ms)) try_to_write();
  if (watched_ && buffer_.empty()) {
    buffer_.shrink(options_.buffer_bytes);
    watch();
  }
}

char* Sink::reserve_slowly(std::size_t bytes) {
  if (!buffer_.empty() && trouble_.due(now_ms_)) try_to_write();
  char* at = buffer_.reserve(bytes);
  if (at != nullptr) return at;
  buffer_.make_room(bytes, std::max(options_.buffer_bytes, options_.max_kept_bytes));
  watch();
  return buffer_.reserve(bytes);
}

void Sink::after_commit() {
  if (!trouble_.active()) {
    // A block as large as the largest line must not become the size of every batch.
    flush(now_ms_);
    return;
  }
  if (buffer_.used_bytes() <= options_.max_kept_bytes) return;
  failed_.insert(buffer_.mark(buffer_.lines() - 1).record);
  buffer_.take_back();
  trouble_.line_lost();
}

std::optional<RecordRange> Sink::pending() const {
  if (buffer_.empty()) return std::nullopt;
  return RecordRange{buffer_.mark(0).record, buffer_.mark(buffer_.lines() - 1).record};
}

void Sink::collect_pending(RecordSet& into) const {
  RecordSet pending;
  for (std::size_t i = 0; i < buffer_.lines(); ++i) pending.insert(buffer_.mark(i).record);
  into.merge(pending);
}

void Sink::collect_failed(RecordSet& into) {
  if (failed_.empty()) return;
  into.merge(failed_);
  failed_.clear();
}

void Sink::close(std::int64_t patience_ms) {
  if (!buffer_.empty()) try_to_write();
  if (!buffer_.empty()) wait_and_write(patience_ms);
  if (!buffer_.empty()) give_up_everything();
  const int error = release();
  if (error != 0) report(error_text(error, name()));
}

void Sink::wait_and_write(std::int64_t patience_ms) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (!buffer_.empty() && trouble_.cause() == EAGAIN && descriptor() >= 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return;
    pollfd pipe{.fd = descriptor(), .events = POLLOUT, .revents = 0};
    if (::poll(&pipe, 1, static_cast<int>(std::min<std::int64_t>(left, 1000))) > 0) try_to_write();
  }
}

void Sink::give_up_everything() {
  collect_pending(failed_);
  if (buffer_.torn_bytes() > 0) cut_torn_line(buffer_.torn_bytes());
  trouble_.closed(buffer_.lines());
  buffer_.clear();
}

}  // namespace xylem::sink
