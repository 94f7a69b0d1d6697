#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crash/layout.hpp"
#include "recover/bytes.hpp"

namespace xylem::recover {

/// The clock of a dead process: what its consumer made of a tick, this makes of it too.
class DeadClock {
 public:
  /// `clock` are the bytes of a crash::Clock.
  explicit DeadClock(Bytes clock);

  /// UTC in ns since the epoch; nothing for a tick that leads beyond what a time can be.
  std::optional<std::int64_t> to_utc_ns(std::uint64_t tick) const;

 private:
  std::vector<crash::ClockPiece> pieces_;  // newest first
};

}  // namespace xylem::recover
