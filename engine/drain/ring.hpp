#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/slot.hpp>

#include "drain/clock.hpp"
#include "record/thread.hpp"

namespace xylem::drain {

using detail::Atomic;

/// The shared words of a ring, each in the pair of cache lines of who writes it: processors fetch
/// the neighbour of a line along with it.
///
///     line 0  byte   0  head      producer  position behind the last published record
///                    8  dropped   producer  records refused for lack of room, ever
///     line 2  byte 128  tail      consumer  position below which slots may be overwritten
///     line 4  byte 256  waiting   both      1 while the producer sleeps for room (a futex word)
///                  260  closed    both      1 once the producer's thread has ended
struct RingWords {
  alignas(128) Atomic<std::uint64_t> head;
  Atomic<std::uint64_t> dropped;
  alignas(128) Atomic<std::uint64_t> tail;
  alignas(128) Atomic<std::uint32_t> waiting;
  Atomic<std::uint32_t> closed;
};
static_assert(sizeof(RingWords) == 384);

/// One thread's ring: a page of words, and the slots, mapped twice in a row so that a record never
/// wraps.
///
///     page 0   | slots ........................ | the same slots again ......... |
///     words    | slot 0, 1, ... capacity - 1     | slot 0, 1, ...                 |
///
/// Single producer, single consumer. Lives as long as the process; after its thread has ended and
/// its last record is in the kernel's hands it serves another thread. Positions go on counting.
class Ring {
 public:
  /// `slots`: a power of two that fills whole pages. Throws std::system_error when the memory
  /// cannot be had.
  explicit Ring(std::uint64_t slots);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  RingWords& words() { return *words_; }
  std::byte* slots() const { return slots_; }
  std::uint64_t capacity() const { return capacity_; }
  std::byte* at(std::uint64_t position) const {
    return slots_ + (position & (capacity_ - 1)) * detail::slot_bytes;
  }

  // Written before the ring is announced to the consumer:
  std::shared_ptr<const record::Thread> thread;  // who logs here
  TickSource source = TickSource::tsc;           // what its ticks count

  // The consumer's, kept here because a ring outlives consumers and threads:
  std::uint64_t told_drops = 0;  // how much of the sum of drops a line has told

 private:
  std::byte* mapping_ = nullptr;
  RingWords* words_ = nullptr;
  std::byte* slots_ = nullptr;
  std::uint64_t capacity_;
};

}  // namespace xylem::drain
