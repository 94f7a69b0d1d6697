// The way of lines to a descriptor that may take none for a long time: a pipe, a terminal, a
// socket.
//
//     well     flush() sends them to the sink's own thread and goes on; while they are behind,
//              their records stay in the rings, so that a slow reader slows down who logs
//     trouble  nothing taken for stall_ms: those on their way stay with the thread, which goes on
//              as soon as it can; the younger ones are kept in the buffer up to the bound; all are
//              copied into the crash file; rings and other sinks go on
//
// Trouble is over once the thread has written what it had and little is left of what was kept.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>

#include "sink/report.hpp"
#include "sink/sink.hpp"

namespace xylem::sink {
namespace {

/// How long a thread that is called back may take to say so; it looks every 20 ms.
constexpr std::int64_t answer_ms = 500;

/// What somebody who waits looks at meanwhile, whether there is progress, need not be newer.
constexpr std::int64_t look_ms = 5;

}  // namespace

struct Sink::Link {
  explicit Link(std::shared_ptr<Console> its_console) : console(std::move(its_console)) {}

  /// Reports wait for the batches between send() and arrive()...
  void send() {
    ahead.fetch_add(1);
    lines_are_ahead(1);
  }
  void arrive() {
    int batches = ahead.load();
    while (batches > 0 && !ahead.compare_exchange_weak(batches, batches - 1)) continue;
    if (batches > 0) lines_are_ahead(-1);
  }
  /// ...but for none of those that are stuck.
  void let_reports_pass() { lines_are_ahead(-ahead.exchange(0)); }

  std::shared_ptr<Console> console;
  std::mutex mutex;
  bool is_cut = false;  // the sink is gone; behind the mutex
  std::atomic<int> ahead{0};
};

Outbox::HandOver Sink::own_thread_job() {
  const std::shared_ptr<Console> console = this->console();
  if (console == nullptr) {
    return [this](LineBuffer& lines, std::int64_t then_ms, std::uint64_t batch) {
      const int error = hand_over(lines, then_ms);
      if (error == 0) note_written(batch);
      return error;
    };
  }
  link_ = std::make_shared<Link>(console);
  return [this, link = link_](LineBuffer& lines, std::int64_t, std::uint64_t batch) {
    const int error = link->console->write(lines, Console::Wait::until_interrupted);
    const std::lock_guard lock{link->mutex};
    if (error == 0 && !link->is_cut) note_written(batch);
    link->arrive();
    return error;
  };
}

/// Looked at anew whenever nothing is on its way: the program may redirect its descriptors.
bool Sink::goes_apart() {
  if (!is_behind_) is_apart_ = may_block() && has_outbox();
  return is_apart_;
}

std::size_t Sink::kept_bytes() const {
  return buffer_.used_bytes() + (is_behind_ ? outbox_->bytes_behind() : 0);
}

void Sink::flush_apart(std::int64_t now_ms) {
  now_ms_ = now_ms;
  look_at_outbox();
  if (!buffer_.empty()) send_apart(trouble_.due(now_ms));
  if (!idle()) {
    keep_lines();
    return;
  }
  note_written(ended_batch_);
  // In this order: no line is in neither place.
  clear_kept();
  if (watched_) {
    buffer_.shrink(options_.buffer_bytes);
    watch();
  }
}

void Sink::look_at_outbox() {
  if (!is_behind_) return;
  if (outbox_->has_come_back()) {
    finish();
    link_->let_reports_pass();
    return;
  }
  const std::uint64_t progress = link_->console->progress();
  const bool is_moving = progress != seen_progress_;
  if (is_moving) {
    seen_progress_ = progress;
    moved_ms_ = now_ms_;
  }
  const bool is_stuck = now_ms_ - moved_ms_ >= stall_ms;
  if (is_stuck) link_->let_reports_pass();
  if (trouble_.due(now_ms_) && (is_stuck || trouble_.active())) {
    trouble_.failed(EAGAIN, now_ms_, is_moving);
    watch();
  }
}

/// In trouble one batch at a time: what is with the thread cannot be taken back line by line.
void Sink::send_apart(bool is_due) {
  if (trouble_.active() && (is_behind_ || (!is_due && trouble_.cause() != EAGAIN))) return;
  const bool was_behind = is_behind_;
  const std::size_t lines = buffer_.lines();
  if (!was_behind) link_->console->count_lines_from(first_line_);
  if (!outbox_->try_send(buffer_, now_ms_, ended_batch_)) return;
  first_line_ += lines;
  link_->send();
  is_behind_ = true;
  if (!was_behind) {
    moved_ms_ = now_ms_;
    seen_progress_ = link_->console->progress();
  }
  watch();
}

template <typename Enough>
void Sink::wait_while_moving(std::int64_t patience_ms, Enough enough) {
  using std::chrono::steady_clock;
  const auto begin = steady_clock::now();
  const std::int64_t begin_ms = now_ms_;
  flush_apart(now_ms_);
  while (is_behind_ && !enough()) {
    const std::int64_t left_ms = moved_ms_ + patience_ms - now_ms_;
    if (left_ms <= 0) return;
    outbox_->wait_for_one(std::min(left_ms, look_ms));
    const auto passed = steady_clock::now() - begin;
    flush_apart(begin_ms + std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
  }
}

void Sink::make_room_apart(std::size_t bytes) {
  flush_apart(now_ms_);
  wait_while_moving(stall_ms, [this, bytes] {
    return trouble_.active() || kept_bytes() + bytes <= options_.max_kept_bytes;
  });
}

void Sink::wait_until_past(std::uint64_t record) {
  if (idle()) return;
  if (!is_apart_) {
    finish();
    keep_lines();
    return;
  }
  wait_while_moving(stall_ms,
                    [this, record] { return oldest_behind().value_or(record) >= record; });
}

void Sink::settle() {
  if (idle() || !goes_apart()) return;
  wait_while_moving(stall_ms, [] { return false; });
}

std::uint64_t Sink::close_apart(std::int64_t patience_ms) {
  look_at_outbox();
  moved_ms_ = now_ms_;
  if (!buffer_.empty()) send_apart(true);
  // Nobody has been given a chance in less.
  wait_while_moving(std::max(patience_ms, stall_ms), [] { return false; });
  return call_back();
}

std::uint64_t Sink::call_back() {
  if (!is_behind_ || link_ == nullptr) return 0;
  Console& console = *link_->console;
  console.interrupt(true);
  if (outbox_->wait(answer_ms)) {
    finish();
    link_->let_reports_pass();
    console.interrupt(false);
    return 0;
  }
  // It is in write(2) and stays there: where it was told that there is room, and there was none.
  {
    const std::lock_guard lock{link_->mutex};
    link_->is_cut = true;
  }
  link_->let_reports_pass();
  RecordSet records;
  outbox_->collect_pending(records);
  failed_.merge(records);
  trouble_.failed(EAGAIN, now_ms_, false);
  static_cast<void>(outbox_.release());
  is_behind_ = false;
  has_no_thread_ = true;
  return records.size();
}

}  // namespace xylem::sink
