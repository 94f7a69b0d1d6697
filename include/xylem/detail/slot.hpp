#pragma once

#include <cstddef>
#include <cstdint>

/// The layout of a record in a ring: constants only, shared by the call that writes records, the
/// consumer that reads them, and any later reader of a ring that outlived its process.
///
///     byte  0..2   call-site id      24 bits
///           3..5   logger id         24 bits
///           6      slot count         8 bits   the record occupies this many consecutive slots
///           7      flags              8 bits
///           8..15  tick              64 bits   of the clock that the ring's engine was given
///          16..    payload                     fixed part of each argument, then string bytes
///
/// The first eight bytes are one little-endian word, so that a call writes them with one store.
/// Ids stand for call sites and loggers: a record holds no pointer and can be read by another
/// process that knows the dictionary of ids.
namespace xylem::detail {

inline constexpr std::size_t slot_bytes = 64;
inline constexpr std::size_t header_bytes = 16;

inline constexpr unsigned site_bits = 24;
inline constexpr unsigned logger_shift = 24;
inline constexpr unsigned slots_shift = 48;
inline constexpr unsigned flags_shift = 56;
inline constexpr std::uint64_t id_mask = (std::uint64_t{1} << site_bits) - 1;

/// The payload is not in the ring: the slot holds {u64 spill block id, u64 bytes} in its place.
inline constexpr std::uint64_t flag_spilled = std::uint64_t{1} << flags_shift;

/// The most slots that a record takes in a ring; a larger one goes to a spill block. 8 bits would
/// allow 255, but a record must leave room for others in the smallest ring too.
inline constexpr std::uint64_t max_record_slots = 32;

constexpr std::uint64_t slots_for(std::size_t payload_bytes) {
  return (header_bytes + payload_bytes + slot_bytes - 1) / slot_bytes;
}

constexpr std::uint64_t header_word(std::uint64_t site, std::uint64_t logger, std::uint64_t slots,
                                    std::uint64_t flags = 0) {
  return site | logger << logger_shift | slots << slots_shift | flags;
}

/// The header's first word taken apart.
struct HeaderView {
  std::uint64_t word;

  constexpr std::uint32_t site() const { return static_cast<std::uint32_t>(word & id_mask); }
  constexpr std::uint32_t logger() const {
    return static_cast<std::uint32_t>(word >> logger_shift & id_mask);
  }
  /// Site and logger together: what a line's template depends on.
  constexpr std::uint64_t origin() const { return word & ((std::uint64_t{1} << slots_shift) - 1); }
  /// The same with the flags: equal to an origin, it says that there are none.
  constexpr std::uint64_t origin_and_flags() const {
    return word & ~(std::uint64_t{0xff} << slots_shift);
  }
  constexpr std::uint64_t slots() const { return word >> slots_shift & 0xff; }
  constexpr bool spilled() const { return (word & flag_spilled) != 0; }
};

}  // namespace xylem::detail
