#pragma once

#include <xylem/detail/encode.hpp>
#include <xylem/detail/producer.hpp>
#include <xylem/detail/slot.hpp>

/// The end of a log call: copies the values into the thread's ring and publishes them.
namespace xylem::detail {

inline void write_header(std::byte* at, std::uint64_t word, std::uint64_t now) noexcept {
  std::memcpy(at, &word, sizeof word);
  std::memcpy(at + sizeof word, &now, sizeof now);
}

/// How far ahead of the record the slots are fetched.
inline constexpr std::size_t slots_ahead = 32;

/// Brings the cache line here and into a state in which it can be written. By name, because GCC
/// makes a plain prefetch of the builtin unless it is told of a processor; those of x86-64 that do
/// not know the instruction take it as none.
[[gnu::always_inline]] inline void prefetch_for_writing(const std::byte* line) noexcept {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" : : "m"(*line));
#else
  __builtin_prefetch(line, 1);
#endif
}

/// The consumer has read the slots since they were last written, so each has to be fetched back
/// from its cache. As many ahead as a burst may be long; the second mapping holds what is beyond
/// the end. Comes after the stores of the record at `at`: where nothing is in the caches, its
/// address is looked up behind theirs and not before.
[[gnu::always_inline]] inline void fetch_ahead(const std::byte* at) noexcept {
  prefetch_for_writing(at + slots_ahead * slot_bytes);
}

/// Keeps the compiler from moving stores that stand before it behind what follows.
[[gnu::always_inline]] inline void keep_order() noexcept {
  asm volatile("" : : : "memory");
}

/// Publishes the record of so many slots that was written at `next`. The release pairs with the
/// acquire load of the head in drain::RingReader::poll(): a consumer that sees the new head sees
/// the record's bytes.
[[gnu::always_inline]] inline void publish(Producer& producer, std::uint64_t slots) noexcept {
  producer.next += slots * slot_bytes;
  producer.head += slots;
  producer.published->store_release(producer.head);
}

/// Whether a record of so many slots may be written without further ado.
[[gnu::always_inline]] inline bool fits(const Producer& producer, std::uint64_t slots) noexcept {
  // As numbers, because a thread without a ring has no place to compute with.
  const auto next = reinterpret_cast<std::uintptr_t>(producer.next);
  return next + slots * slot_bytes <= producer.end.load_relaxed() && slots <= max_record_slots;
}

/// Copies text to `to`; returns the end of the copy. A call instead of std::memcpy()'s, with short
/// texts, which most are, copied at once.
std::byte* copy_text(std::byte* to, const char* text, std::size_t size) noexcept;

/// copy_text() and publish() in one: a call that ends with it has nothing to keep in registers
/// meanwhile, and so nothing to save.
void copy_text_and_publish(std::byte* to, const char* text, std::size_t size,
                           std::uint64_t slots) noexcept;

/// Copies the texts among the values to `tail`, and publishes.
template <typename S, typename... Rest>
[[gnu::always_inline]] inline void finish(std::byte* tail, std::uint64_t slots, const S& value,
                                          const Rest&... rest) noexcept {
  if constexpr (!has_tail(kind_of<S>)) {
    finish(tail, slots, rest...);
  } else if constexpr ((has_tail(kind_of<Rest>) || ...)) {
    finish(copy_text(tail, value.text.data(), tail_bytes(value)), slots, rest...);
  } else {
    copy_text_and_publish(tail, value.text.data(), tail_bytes(value), slots);
  }
}

/// Writes a record that fits() and publishes it. `ids` is a header without a count of slots.
template <typename... S>
[[gnu::always_inline]] inline void submit_fitting(Producer& producer, std::uint64_t ids,
                                                  std::uint64_t slots,
                                                  const S&... values) noexcept {
  std::byte* const at = producer.next;
  std::byte* const tail = encode_fixed(at + header_bytes, values...);
  const std::uint64_t word = ids | slots << slots_shift;
  std::memcpy(at, &word, sizeof word);
  // As late as can be: reading the counter stops the processor from working ahead.
  keep_order();
  const std::uint64_t now = fast_tick(producer);
  std::memcpy(at + sizeof word, &now, sizeof now);
  if constexpr ((has_tail(kind_of<S>) || ...)) {
    // A text often takes a second slot.
    fetch_ahead(at);
    fetch_ahead(at + slot_bytes);
    finish(tail, slots, values...);
  } else {
    publish(producer, slots);
    fetch_ahead(at);
  }
}

/// Writes a record that may have to wait for room, go to a spill block or be dropped.
template <typename... S>
void submit_slowly(std::uint64_t ids, const S&... values) noexcept {
  Producer& producer = t_producer;
  const Room room = make_room(producer, encoded_size(values...));
  if (room.header == nullptr) return;
  // Only now: a wait for room must not leave the record older than those logged meanwhile.
  write_header(room.header, ids | room.word, tick(producer));
  encode(room.payload, values...);
  publish_slowly(producer, room.slots);
}

}  // namespace xylem::detail
