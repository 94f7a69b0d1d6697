#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/producer.hpp>
#include <xylem/detail/slot.hpp>

#include "crash/file.hpp"
#include "drain/clock.hpp"
#include "drain/spill.hpp"
#include "record/thread.hpp"

namespace xylem::drain {

using crash::ContextPlace;
using crash::RingWords;
using detail::Atomic;

/// What the records of a thread carry besides their own fields, as the consumer keeps it.
class RingContext {
 public:
  /// `text`: encoded fields. A spill block that it came in, if `pool` is not null, is given back at
  /// the end.
  RingContext(std::string_view text, std::span<const std::byte> payload, SpillPool* pool)
      : text_{text}, payload_{payload.begin(), payload.end()}, pool_{pool} {}
  ~RingContext() {
    if (pool_ != nullptr) pool_->release(block());
  }
  RingContext(const RingContext&) = delete;
  RingContext& operator=(const RingContext&) = delete;

  std::string_view text() const { return text_; }
  void write_to(ContextPlace& place) const;

 private:
  std::uint64_t block() const;

  std::string text_;
  std::vector<std::byte> payload_;  // as in the ring
  SpillPool* pool_;
};

/// One thread's ring: a page of words, one of contexts, and the slots, mapped twice in a row so
/// that a record never wraps.
///
///     page 0, 1         | slots ........................ | the same slots again ......... |
///     words, contexts   | slot 0, 1, ... capacity - 1     | slot 0, 1, ...                 |
///
/// Single producer, single consumer. After its thread has ended and its last record is in the
/// kernel's hands it serves another thread; positions go on counting. The memory is a piece of the
/// crash file, which outlives the process, or a file without a name.
class Ring {
 public:
  /// `slots`: a power of two that fills whole pages. Throws std::system_error when the memory
  /// cannot be had.
  explicit Ring(std::uint64_t slots, crash::File* file = nullptr);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  RingWords& words() const { return *words_; }
  std::byte* slots() const { return slots_; }
  std::uint64_t capacity() const { return capacity_; }
  std::byte* at(std::uint64_t position) const {
    return slots_ + (position & (capacity_ - 1)) * detail::slot_bytes;
  }

  /// Of the crash file that it is in; 0: of none.
  std::uint64_t file_number() const { return file_number_; }

  // Written before the ring is announced to the consumer:
  std::shared_ptr<const record::Thread> thread;  // who logs here
  TickSource source = TickSource::tsc;           // what its ticks count

  // The consumer's, kept here because a ring outlives consumers and threads:
  std::uint64_t told_drops = 0;                // how much of the sum of drops a line has told
  std::shared_ptr<const RingContext> context;  // of the records behind the tail; may be null

  /// The tail is about to move to a position behind which this is the context. Returns the one
  /// before, which has to live until the tail has moved.
  std::shared_ptr<const RingContext> keep_context(std::shared_ptr<const RingContext> next,
                                                  std::uint64_t from);

  // Under the lock of Exchange:
  detail::Producer* producer = nullptr;  // the thread's end, while it has this ring

 private:
  void map_both(int fd, std::uint64_t offset);

  std::byte* mapping_ = nullptr;
  RingWords* words_ = nullptr;
  ContextPlace* contexts_ = nullptr;  // two
  std::byte* slots_ = nullptr;
  std::uint64_t capacity_;
  std::uint64_t file_number_ = 0;
};

}  // namespace xylem::drain
