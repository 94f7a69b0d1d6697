#include "recover/clock.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace xylem::recover {

DeadClock::DeadClock(Bytes clock) {
  const auto newest = load_at<std::uint32_t>(clock, offsetof(crash::Clock, newest));
  for (std::size_t back = 0; back < crash::clock_pieces; ++back) {
    const std::size_t i =
        (newest % crash::clock_pieces + crash::clock_pieces - back) % crash::clock_pieces;
    const auto piece = load_at<crash::ClockPiece>(
        clock, offsetof(crash::Clock, pieces) + i * sizeof(crash::ClockPiece));
    // Not filled, or not by a clock: NaN is refused too.
    if (!(piece.ns_per_tick > 0 && piece.ns_per_tick < 1e9)) break;
    pieces_.push_back(piece);
  }
}

std::optional<std::int64_t> DeadClock::to_utc_ns(std::uint64_t tick) const {
  if (pieces_.empty()) return std::nullopt;
  const auto found = std::find_if(pieces_.begin(), pieces_.end(),
                                  [tick](const auto& piece) { return tick >= piece.tick; });
  const crash::ClockPiece& piece = found != pieces_.end() ? *found : pieces_.back();
  constexpr double most_ns = 4e18;
  const double since = static_cast<double>(static_cast<std::int64_t>(tick - piece.tick));
  if (std::fabs(since * piece.ns_per_tick) > most_ns) return std::nullopt;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(piece.utc_ns, static_cast<std::int64_t>(since * piece.ns_per_tick),
                             &sum)) {
    return std::nullopt;
  }
  return sum;
}

}  // namespace xylem::recover
