#include "sink/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace xylem::sink {

RecordRange range_of(const LineBuffer& lines) {
  return {lines.mark(0).record, lines.mark(lines.lines() - 1).record};
}

Outbox::Outbox(HandOver hand_over, std::size_t block_bytes)
    : hand_over_{std::move(hand_over)}, worker_{[this] { write_next(); }} {
  for (std::uint32_t i = 0; i < most_batches; ++i) batches_.push_back({LineBuffer{block_bytes}});
}

bool Outbox::send(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number) {
  assert(!lines.empty());
  // To be woken for each batch would cost more than its writing.
  if (worker_.turns_left() == most_batches) worker_.wait_until(most_batches / 2);
  // After the wait: turns that a failure has made idle are over as well.
  if (has_failed()) return false;
  Batch& next = batch(sent_++);
  next.records = range_of(lines);
  next.bytes = lines.bytes();
  next.sent_ms = now_ms;
  next.number = batch_number;
  std::swap(next.lines, lines);
  worker_.post();
  return true;
}

/// Stops at a failure, for good until take_back(): what follows must not overtake.
void Outbox::write_next() {
  if (has_failed()) return;
  Batch& next = batch(written_);
  const int error = hand_over_(next.lines, next.sent_ms, next.number);
  if (error != 0) {
    error_.store(error, std::memory_order_relaxed);
  } else {
    ++written_;
  }
}

std::optional<RecordRange> Outbox::pending() const {
  // Turns that a failure has made idle are over too: then all that can be left is taken as left.
  const std::uint32_t left = has_failed() ? std::min(sent_, most_batches) : worker_.turns_left();
  if (left == 0) return std::nullopt;
  return RecordRange{batch(sent_ - left).records.first, batch(sent_ - 1).records.last};
}

Outbox::Outcome Outbox::take_back(LineBuffer& lines, std::size_t soft_limit_bytes,
                                  RecordSet& lost) {
  worker_.wait_until(0);
  Outcome outcome{error_.load(std::memory_order_relaxed), false};
  if (outcome.error == 0) return outcome;
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
