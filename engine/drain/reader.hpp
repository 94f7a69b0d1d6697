#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include <xylem/detail/slot.hpp>

#include "drain/clock.hpp"
#include "drain/futex.hpp"
#include "drain/ring.hpp"
#include "route/gather.hpp"

namespace xylem::drain {

/// The consumer's end of a ring, with two cursors: what has been rendered, and what is in the
/// kernel's hands. Only behind the second may the producer overwrite: a record is in the ring or in
/// the kernel, at every moment. Between the two lie the ends of the batches that are being written.
///
///     tail (released)       end     end       read (rendered)  seen (head at the last poll)
///     | batches on their way |       | in sinks' | to be rendered | unknown yet
///                                      buffers
class RingReader {
 public:
  /// How far ahead of the rendering the slots are asked for, out of the producer's cache.
  static constexpr std::uint64_t prefetched_slots = 8;
  /// How many batches may be on their way.
  static constexpr std::size_t most_batches = crash::most_batches;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  RingReader(Ring& ring, const TickClock& clock)
      : ring_{&ring},
        clock_{&clock},
        read_{ring.words().tail.load_relaxed()},
        seen_{read_},
        released_{read_},
        last_end_{read_},
        context_{ring.context} {
    for (auto& end : ring.words().ends) end.store_relaxed(read_);
    contexts_.fill(context_);
  }

  Ring& ring() const { return *ring_; }

  /// Looks how far the producer has come. The acquire pairs with the release in publish(): the
  /// bytes below the head are the producer's.
  void poll() {
    seen_ = ring_->words().head.load_acquire();
    find_front();
  }

  /// has_passed_mark() once all is rendered that is in the ring now.
  void mark() { mark_ = ring_->words().head.load_acquire(); }
  bool has_passed_mark() const { return read_ >= mark_; }

  bool empty() const { return read_ == seen_; }
  std::uint64_t waiting_slots() const { return seen_ - read_; }
  /// Rendered slots of the batch that is being made.
  std::uint64_t batch_slots() const { return read_ - last_end_; }

  /// UTC of the oldest record that waits; `never` when none does.
  std::int64_t front_ns() const { return front_ns_; }
  std::uint64_t position() const { return read_; }
  const std::byte* front() const { return ring_->at(read_); }

  /// The front record is rendered.
  void advance(std::uint64_t slots) {
    read_ += slots;
    find_front();
  }

  /// From here on the ring's records carry these fields; null: none. `fields` is a view of them.
  void enter(std::shared_ptr<const RingContext> context, const route::Fields& fields) {
    context_ = std::move(context);
    fields_ = fields;
  }
  const std::shared_ptr<const RingContext>& context() const { return context_; }
  const route::Fields& fields() const { return fields_; }

  /// The ring is to serve another thread.
  void leave_context() { ring_->keep_context(nullptr, read_); }

  /// What waits is somebody else's: its slots are free.
  void skip_waiting() {
    contexts_.fill(context_);
    const auto former = ring_->keep_context(context_, seen_);
    read_ = last_end_ = released_ = seen_;
    find_front();
    RingWords& words = ring_->words();
    for (auto& end : words.ends) end.store_relaxed(read_);
    words.tail.store_seq_cst(read_);
    if (words.waiting.exchange_seq_cst(0) != 0) futex_wake(words.waiting);
  }

  /// Batch number `batch` ends here. Numbers come in order. Must precede the writing of its lines:
  /// whoever finds the ring after the process' death learns here which records they were.
  void end_batch(std::uint64_t batch) {
    last_end_ = read_;
    told_[batch % most_batches] = ring_->told_drops;
    auto& context = contexts_[batch % most_batches];
    if (context != context_) context = context_;
    ring_->words().ends[batch % most_batches].store_release(read_);
  }

  /// The batches up to that one are in the kernel's hands: their slots are free. A producer that
  /// waits is woken once it has half a ring: to wake up takes it longer than to fill less. Store
  /// and load are sequentially consistent, as are those in wait_for_room(): either the producer
  /// sees the new tail, or this sees that it waits.
  void release(std::uint64_t batch) {
    RingWords& words = ring_->words();
    const std::uint64_t end = words.ends[batch % most_batches].load_relaxed();
    // Only now: before, a crash may yet take the line that tells.
    words.told.store_relaxed(told_[batch % most_batches]);
    if (released_ == end) return;
    released_ = end;
    const auto former = ring_->keep_context(contexts_[batch % most_batches], end);
    words.tail.store_seq_cst(released_);
    const bool has_half = seen_ - released_ <= ring_->capacity() / 2 || released_ == read_;
    if (words.waiting.load_seq_cst() != 0 && has_half) {
      words.waiting.store_relaxed(0);
      futex_wake(words.waiting);
    }
  }

  /// Its thread has ended, everything is in the kernel's hands and every drop told. The acquire
  /// pairs with the release in Exchange::retire(): a closed ring's words are its last.
  bool is_finished() {
    if (ring_->words().closed.load_acquire() == 0) return false;
    seen_ = ring_->words().head.load_acquire();
    find_front();
    return read_ == seen_ && released_ == read_ && !has_untold_drops();
  }

  bool has_untold_drops() const {
    return ring_->words().dropped.load_relaxed() != ring_->told_drops;
  }

  /// Drops that nobody has told of yet; asked when the ring is empty. They are told here, or by the
  /// producer's note in front of its next record: both name the sum, so none is told twice.
  std::uint64_t take_untold_drops(std::uint64_t sum) {
    const std::uint64_t untold = sum - ring_->told_drops;
    ring_->told_drops = sum;
    return untold;
  }

 private:
  void find_front() {
    if (read_ == seen_) {
      front_ns_ = never;
      return;
    }
    // Where a record ends is known only once it is here, so its followers would come one by one.
    // But not what the producer has yet to write: it has those lines in its own cache.
    if (seen_ - read_ > prefetched_slots) __builtin_prefetch(ring_->at(read_ + prefetched_slots));
    std::uint64_t tick = 0;
    std::memcpy(&tick, ring_->at(read_) + sizeof(std::uint64_t), sizeof tick);
    front_ns_ = clock_->to_utc_ns(tick);
  }

  Ring* ring_;
  const TickClock* clock_;
  std::uint64_t read_;
  std::uint64_t seen_;
  std::uint64_t released_;
  std::uint64_t last_end_;
  std::array<std::uint64_t, most_batches> told_{};  // drops, up to the end of a batch
  std::array<std::shared_ptr<const RingContext>, most_batches> contexts_{};  // at the same places
  std::shared_ptr<const RingContext> context_;  // of the record that is read next
  route::Fields fields_;                        // its fields
  std::uint64_t mark_ = 0;
  std::int64_t front_ns_ = never;
};

}  // namespace xylem::drain
