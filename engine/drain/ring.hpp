#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/producer.hpp>
#include <xylem/detail/slot.hpp>

#include "crash/file.hpp"
#include "drain/clock.hpp"
#include "record/thread.hpp"

namespace xylem::drain {

using crash::RingWords;
using detail::Atomic;

/// One thread's ring: a page of words, and the slots, mapped twice in a row so that a record never
/// wraps.
///
///     page 0   | slots ........................ | the same slots again ......... |
///     words    | slot 0, 1, ... capacity - 1     | slot 0, 1, ...                 |
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
  std::uint64_t told_drops = 0;  // how much of the sum of drops a line has told

  // Under the lock of Exchange:
  detail::Producer* producer = nullptr;  // the thread's end, while it has this ring

 private:
  void map_both(int fd, std::uint64_t offset);

  std::byte* mapping_ = nullptr;
  RingWords* words_ = nullptr;
  std::byte* slots_ = nullptr;
  std::uint64_t capacity_;
  std::uint64_t file_number_ = 0;
};

}  // namespace xylem::drain
