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
inline void prefetch_for_writing(const std::byte* line) noexcept {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" : : "m"(*line));
#else
  __builtin_prefetch(line, 1);
#endif
}

/// Publishes the record. The release pairs with the acquire load of the head in
/// drain::RingReader::poll(): a consumer that sees the new head sees the record's bytes.
inline void publish(Producer& producer, std::uint64_t slots) noexcept {
  producer.head += slots;
  producer.published->store_release(producer.head);
}

template <typename... S>
[[gnu::cold, gnu::noinline]] void submit_slowly(std::uint64_t ids, const S&... values) noexcept {
  Producer& producer = t_producer;
  const Room room = make_room(producer, encoded_size(values...));
  if (room.header == nullptr) return;
  // Only now: a wait for room must not leave the record older than those logged meanwhile.
  write_header(room.header, ids | room.word, tick(producer));
  encode(room.payload, values...);
  publish(producer, room.slots);
}

template <typename... S>
[[gnu::always_inline]] inline void submit(std::uint64_t site, std::uint64_t logger,
                                          const S&... values) noexcept {
  Producer& producer = t_producer;
  const std::uint64_t slots = slots_for(encoded_size(values...));
  const std::uint64_t ids = header_word(site, logger, 0);
  if (producer.head + slots > producer.limit || slots > max_record_slots) [[unlikely]] {
    submit_slowly(ids, values...);
    return;
  }
  std::byte* const at = producer.slots + (producer.head & producer.mask) * slot_bytes;
  // The consumer has read the slots since they were last written, so each has to be fetched back
  // from its cache. As many ahead as a burst may be long; the second mapping holds what is beyond
  // the end.
  prefetch_for_writing(at + slots_ahead * slot_bytes);
  write_header(at, ids | slots << slots_shift, tick(producer));
  encode(at + header_bytes, values...);
  publish(producer, slots);
}

}  // namespace xylem::detail
