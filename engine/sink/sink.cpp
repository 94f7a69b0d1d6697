#include "sink/sink.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>

#include <poll.h>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"

namespace xylem::sink {
namespace {

/// Below this a batch is written sooner than a thread is woken.
constexpr std::size_t least_bytes_behind = std::size_t{32} << 10;

}  // namespace

Sink::Sink(std::string name, SinkOptions options)
    : buffer_(options.buffer_bytes), trouble_(std::move(name)), options_(options) {
  options_.buffer_bytes = buffer_.capacity_bytes();
}

Sink::~Sink() = default;

void Sink::watch() {
  watched_ = trouble_.active() || buffer_.capacity_bytes() > options_.buffer_bytes;
}

void Sink::try_to_write() {
  finish();
  const std::size_t bytes_before = buffer_.bytes();
  int error = write_here();
  while (give_up_refused(error)) error = write_here();
  conclude(error, buffer_.bytes() < bytes_before);
}

int Sink::write_here() {
  const std::size_t lines_before = buffer_.lines();
  const int error = hand_over(buffer_, now_ms_);
  first_line_ += lines_before - buffer_.lines();
  return error;
}

bool Sink::give_up_refused(int error) {
  if (error == 0 || buffer_.empty() || !refuses_line(error)) return false;
  failed_.insert(buffer_.mark(0).record);
  buffer_.take(buffer_.mark(0).bytes - buffer_.torn_bytes());
  ++first_line_;
  return true;
}

void Sink::conclude(int error, bool progress) {
  if (error != 0) {
    trouble_.failed(error, now_ms_, progress);
  } else if (trouble_.active() && has_caught_up()) {
    trouble_.ended();
  }
  watch();
}

/// What came while the last batch was written is not the rest of a jam any more: a reader that is
/// too slow for good is one trouble, and not one after the other.
bool Sink::has_caught_up() const {
  return buffer_.used_bytes() <= std::min(options_.buffer_bytes, options_.max_kept_bytes) / 2;
}

void Sink::flush(std::int64_t now_ms, std::uint64_t batch) {
  write_held_reports();
  note_end(batch);
  if (goes_apart()) {
    flush_apart(now_ms);
    return;
  }
  finish();
  now_ms_ = now_ms;
  if (!buffer_.empty() && trouble_.due(now_ms)) try_to_write();
  if (buffer_.empty()) {
    note_written(batch);
    // In this order: no line is in neither place.
    if (batch != 0) clear_kept();
  } else {
    keep_lines();
  }
  if (watched_ && buffer_.empty()) {
    buffer_.shrink(options_.buffer_bytes);
    watch();
  }
}

void Sink::flush_behind(std::int64_t now_ms, std::uint64_t batch) {
  now_ms_ = now_ms;
  note_end(batch);
  const bool is_worth_it = options_.has_own_thread && !watched_ && !goes_apart() &&
                           buffer_.bytes() >= least_bytes_behind;
  const std::size_t lines = buffer_.lines();
  if (is_worth_it && has_outbox() && outbox_->send(buffer_, now_ms, batch)) {
    first_line_ += lines;
    is_behind_ = true;
  } else {
    flush(now_ms, batch);
  }
}

bool Sink::has_outbox() {
  if (outbox_ != nullptr || has_no_thread_) return outbox_ != nullptr;
  try {
    outbox_ = std::make_unique<Outbox>(own_thread_job(), options_.buffer_bytes);
    // A file under load will need it all: else memory goes on growing with each largest batch so
    // far.
    if (link_ == nullptr) {
      outbox_->touch();
      buffer_.touch();
    }
  } catch (const std::exception&) {
    has_no_thread_ = true;  // no thread or no memory to be had: then without
  }
  return outbox_ != nullptr;
}

void Sink::finish() {
  if (!is_behind_) return;
  is_behind_ = false;
  RecordSet lost;
  const std::size_t lines_before = buffer_.lines();
  const Outbox::Outcome outcome =
      outbox_->take_back(buffer_, std::max(options_.buffer_bytes, options_.max_kept_bytes), lost);
  first_line_ -= buffer_.lines() - lines_before;
  // There was no memory for them: what is kept are other lines than it seems.
  if (!lost.empty()) clear_kept();
  if (give_up_refused(outcome.error)) {
    conclude(0, true);
  } else {
    conclude(outcome.error, outcome.has_progress);
  }
  for (std::uint64_t i = 0; i < lost.size(); ++i) trouble_.line_lost();
  failed_.merge(lost);
}

char* Sink::reserve_slowly(std::size_t bytes) {
  if (goes_apart()) {
    make_room_apart(bytes);
  } else if (!buffer_.empty() && trouble_.due(now_ms_)) {
    if (watched_) {
      try_to_write();
    } else {
      flush_behind(now_ms_);
    }
  }
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
  if (kept_bytes() <= options_.max_kept_bytes) return;
  failed_.insert(buffer_.mark(buffer_.lines() - 1).record);
  buffer_.take_back();
  trouble_.line_lost();
}

std::optional<RecordRange> Sink::pending() const {
  const auto behind = is_behind_ ? outbox_->pending() : std::nullopt;
  if (buffer_.empty()) return behind;
  const RecordRange range = range_of(buffer_);
  if (!behind) return range;
  return RecordRange{std::min(behind->first, range.first), std::max(behind->last, range.last)};
}

void Sink::collect_pending(RecordSet& into) const {
  RecordSet pending;
  if (is_behind_) outbox_->collect_pending(pending);
  for (std::size_t i = 0; i < buffer_.lines(); ++i) pending.insert(buffer_.mark(i).record);
  into.merge(pending);
}

void Sink::collect_failed(RecordSet& into) {
  if (failed_.empty()) return;
  into.merge(failed_);
  failed_.clear();
}

void Sink::forget() {
  // The thread is not there in the child; neither its end nor its memory is waited for.
  static_cast<void>(outbox_.release());
  is_behind_ = false;
  buffer_.clear();
  if (const std::shared_ptr<Console> console = this->console()) console->forget();
  forget_reports();
  journal_ = nullptr;  // the parent's
  journal_place_.reset();
  static_cast<void>(kept_.release());
  share_file();
}

void Sink::withdraw() {
  if (buffer_.torn_bytes() > 0) cut_torn_line(buffer_.torn_bytes());
  buffer_.clear();
}

void Sink::close(std::int64_t patience_ms) {
  std::uint64_t left_behind = 0;
  if (goes_apart()) {
    left_behind = close_apart(patience_ms);
  } else {
    finish();
    if (!buffer_.empty()) try_to_write();
    if (!buffer_.empty()) wait_and_write(patience_ms);
  }
  if (!buffer_.empty() || left_behind > 0) give_up_everything(left_behind);
  clear_kept();
  kept_.reset();
  const int error = release();
  if (error != 0) report(error_text(error, name()));
  write_held_reports(static_cast<int>(stall_ms));
  // The thread ends now, however long the sink is kept, unless it hangs in the kernel.
  if (outbox_ != nullptr && outbox_->has_come_back()) outbox_.reset();
}

/// Without a thread.
void Sink::wait_and_write(std::int64_t patience_ms) {
  using std::chrono::steady_clock;
  const std::chrono::milliseconds patience{patience_ms};
  auto deadline = steady_clock::now() + patience;
  while (!buffer_.empty() && trouble_.cause() == EAGAIN && descriptor() >= 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return;
    pollfd pipe{.fd = descriptor(), .events = POLLOUT, .revents = 0};
    if (::poll(&pipe, 1, static_cast<int>(std::min<std::int64_t>(left, 1000))) <= 0) continue;
    const std::size_t bytes_before = buffer_.bytes();
    try_to_write();
    if (buffer_.bytes() < bytes_before) deadline = steady_clock::now() + patience;
  }
}

void Sink::give_up_everything(std::uint64_t left_behind) {
  collect_pending(failed_);
  if (buffer_.torn_bytes() > 0) cut_torn_line(buffer_.torn_bytes());
  trouble_.closed(buffer_.lines() + left_behind);
  buffer_.clear();
}

}  // namespace xylem::sink
