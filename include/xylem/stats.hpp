#pragma once

#include <cstdint>

namespace xylem {

/// What became of the records. At any moment
///
///     accepted = written + dropped + failed + pending
///
/// and `pending` is 0 after a flush() or shutdown() that met no trouble; what a MemoryHandler or a
/// flight recorder holds is pending until it is passed on.
struct Stats {
  std::uint64_t accepted = 0;  ///< calls that passed their logger's level, as far as seen below
  std::uint64_t written = 0;   ///< in the kernel's hands at every handler that takes them, or taken
                               ///< by none
  std::uint64_t dropped = 0;   ///< refused by a full ring whose policy is "drop"
  std::uint64_t failed = 0;    ///< given up by at least one handler (disk full, unformattable, ...)
  std::uint64_t pending = 0;   ///< taken from a ring, not yet in the kernel's hands
  std::uint64_t queued_slots = 0;  ///< 64-byte slots that wait in the rings: their records are not
                                   ///< counted in `accepted` yet
  std::uint64_t recovered = 0;     ///< records of processes that died, written at configure(); in
                                   ///< none of the counts above
};

/// The counters of the process, all engines together. Thread-safe; cheap enough for a metrics page,
/// not for a hot path.
Stats stats();

}  // namespace xylem
