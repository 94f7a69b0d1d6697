#pragma once

#include <cstddef>
#include <cstdint>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/slot.hpp>

namespace xylem::detail {

/// The calling thread's end of its ring.
///
///     | slots ............ next ..... end ... | the same slots, mapped again ... |
///
/// The slots are mapped twice in a row, so neither a record that begins in the last slot nor the
/// way to `end` wraps; the slow path, which comes by at least twice a round, puts `next` back into
/// the first mapping. All zero until the thread's first record, which therefore takes the slow
/// path, and that maps a ring.
struct Producer {
  std::byte* next;  // where the next record goes
  /// A record that ends at this address or before needs no further ado. The thread's own, but
  /// another may set it to 0, which sends the next call the slow way.
  Atomic<std::uintptr_t> end;
  std::uint64_t head;                      // position of `next`; positions count slots up for ever
  Atomic<std::uint64_t>* published;        // where the consumer reads the head
  const Atomic<std::uint64_t>* kept_tick;  // the coarse clock; null: another one
  bool tick_is_tsc;
};

// initial-exec: one instruction finds it in a shared library too. Constant-initialised and without
// a destructor, so the compiler emits no guard around it, and the last destructor of a thread may
// still log.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Producer t_producer;

/// The tick of engines that do not count in TSC: CLOCK_MONOTONIC, in nanoseconds.
std::uint64_t monotonic_tick() noexcept;

/// The processor's own counter. The builtin, because the header of the intrinsic takes twice as
/// long to compile as all else here.
inline std::uint64_t processor_tick() noexcept {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return monotonic_tick();
#endif
}

/// The tick of a record that takes the fast path: only engines that count in TSC or by the coarse
/// clock let one.
[[gnu::always_inline]] inline std::uint64_t fast_tick(const Producer& producer) noexcept {
  if (producer.kept_tick != nullptr) [[unlikely]] {
    return producer.kept_tick->load_relaxed();
  }
  return processor_tick();
}

inline std::uint64_t tick(const Producer& producer) noexcept {
  const bool is_fast = producer.tick_is_tsc || producer.kept_tick != nullptr;
  return is_fast ? fast_tick(producer) : monotonic_tick();
}

/// Where a record that did not simply fit is to be written.
struct Room {
  std::byte* header;   // in the ring; null: the record is to be dropped
  std::byte* payload;  // behind the header, or in a spill block
  std::uint64_t word;  // slot count and flags of the header, still without ids
  std::uint64_t slots;
};

/// Finds room for a payload: maps the thread's ring, waits for the consumer, allocates a spill
/// block, or counts a drop, as the engine's configuration says.
Room make_room(Producer& producer, std::size_t payload_bytes) noexcept;

/// publish() for a record that took the slow way. Where the configuration makes calls synchronous,
/// all do, and this waits until the record is in the kernel's hands.
void publish_slowly(Producer& producer, std::uint64_t slots) noexcept;

}  // namespace xylem::detail
