#include "sink/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace xylem::sink {

RecordRange range_of(const LineBuffer& lines) {
  return {lines.first_record(), lines.last_record()};
}

Outbox::Outbox(HandOver hand_over, std::size_t block_bytes)
    : hand_over_{std::move(hand_over)}, block_bytes_{block_bytes}, worker_{[this] {
        write_next();
      }} {
  for (std::uint32_t i = 0; i < most_batches; ++i) batches_.emplace_back(block_bytes);
}

bool Outbox::send(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number) {
  // To be woken for each batch would cost more than its writing.
  if (worker_.turns_left() == most_batches) worker_.wait_until(most_batches / 2);
  // After the wait: turns that a failure has made idle are over as well.
  if (has_failed()) return false;
  put(lines, now_ms, batch_number);
  return true;
}

bool Outbox::try_send(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number) {
  if (has_failed() || worker_.turns_left() == most_batches) return false;
  RecordSet records;
  for (std::size_t i = 0; i < lines.lines(); ++i) records.insert(lines.mark(i).record);
  put(lines, now_ms, batch_number).record_set = std::move(records);
  return true;
}

Outbox::Batch& Outbox::put(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number) {
  assert(!lines.empty());
  Batch& next = batch(sent_++);
  next.records = range_of(lines);
  next.oldest = lines.oldest_in_order();
  next.record_set.clear();
  next.bytes = lines.bytes();
  next.used_bytes = lines.used_bytes();
  next.sent_ms = now_ms;
  next.number = batch_number;
  next.whole = lines.whole();
  std::swap(next.lines, lines);
  lines.continue_from(next.lines);
  worker_.post();
  return next;
}

/// Stops at a failure, for good until take_back(): what follows must not overtake.
void Outbox::write_next() {
  if (has_failed()) return;
  Batch& next = batch(written_);
  const int error = hand_over_(next.lines, next.sent_ms, next.number);
  if (error != 0) {
    error_.store(error, std::memory_order_relaxed);
    return;
  }
  ++written_;
}

std::uint32_t Outbox::most_left() const {
  return has_failed() ? std::min(sent_, most_batches) : worker_.turns_left();
}

std::optional<RecordRange> Outbox::pending() const {
  const std::uint32_t left = most_left();
  if (left == 0) return std::nullopt;
  RecordRange range = batch(sent_ - 1).records;
  for (std::uint32_t i = left; i > 1; --i) {
    range.first = std::min(range.first, batch(sent_ - i).records.first);
    range.last = std::max(range.last, batch(sent_ - i).records.last);
  }
  return range;
}

std::optional<std::uint64_t> Outbox::oldest() const {
  const std::uint32_t left = most_left();
  return left == 0 ? std::nullopt : std::optional{batch(sent_ - left).oldest};
}

void Outbox::collect_pending(RecordSet& into) const {
  for (std::uint32_t left = most_left(); left > 0; --left) {
    const Batch& next = batch(sent_ - left);
    if (next.record_set.empty()) {
      into.insert(next.records);
    } else {
      into.merge(next.record_set);
    }
  }
}

std::size_t Outbox::bytes_behind() const {
  std::size_t bytes = 0;
  for (std::uint32_t left = most_left(); left > 0; --left) bytes += batch(sent_ - left).used_bytes;
  return bytes;
}

std::optional<std::vector<LineBuffer::Whole>> Outbox::sent() const {
  // In this order: a turn that was idle for a failure is not taken for one that has written.
  std::uint32_t left = worker_.turns_left();
  if (has_failed()) return std::nullopt;
  std::vector<LineBuffer::Whole> sent;
  for (; left > 0; --left) sent.push_back(batch(sent_ - left).whole);
  return sent;
}

void Outbox::wait_for_one(std::int64_t patience_ms) const {
  const std::uint32_t left = worker_.turns_left();
  if (left > 0 && !has_failed()) worker_.wait_until(left - 1, patience_ms);
}

bool Outbox::wait(std::int64_t patience_ms) const {
  return has_failed() || worker_.wait_until(0, patience_ms);
}

Outbox::Outcome Outbox::take_back(LineBuffer& lines, std::size_t soft_limit_bytes,
                                  RecordSet& lost) {
  worker_.wait_until(0);
  Outcome outcome{error_.load(std::memory_order_relaxed), false};
  if (outcome.error == 0) {
    // Lines that were kept for long came in a large block.
    for (Batch& empty : batches_) empty.lines.shrink(block_bytes_);
    return outcome;
  }
  Batch& first = batch(written_);
  outcome.has_progress = first.lines.bytes() < first.bytes;
  // The oldest lines to the front; the youngest, which were there, come last.
  std::swap(lines, first.lines);
  const auto move_over = [&](LineBuffer& younger) {
    try {
      lines.append(younger, soft_limit_bytes);
    } catch (const std::bad_alloc&) {
      for (std::size_t i = 0; i < younger.lines(); ++i) lost.insert(younger.mark(i).record);
    }
    younger.clear();
  };
  for (++written_; written_ != sent_; ++written_) move_over(batch(written_).lines);
  move_over(first.lines);
  error_.store(0, std::memory_order_relaxed);
  return outcome;
}

}  // namespace xylem::sink
