#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "crash/layout.hpp"

namespace xylem::drain {

/// What the tick of a record counts.
enum class TickSource {
  tsc,        // the processor's time stamp counter
  monotonic,  // CLOCK_MONOTONIC in ns
  coarse,     // the same, as the consumer read it last
};

/// Whether the time stamp counter runs at one rate in all power states on all cores (CPUID
/// 80000007H, EDX bit 8). Without that, engines count in CLOCK_MONOTONIC.
bool has_invariant_tsc();

/// The tick of now.
std::uint64_t read_tick(TickSource source);

/// Turns ticks into UTC, along straight pieces that each begin where the last one ended, so that
/// time never jumps and never runs backwards while the system clock is merely slewed. Where the
/// system clock was set (100 ms or more away), time follows it at once. (The model is Abseil's,
/// base/clock.cc.) Belongs to the consumer thread.
class TickClock {
 public:
  explicit TickClock(TickSource source);

  TickSource source() const { return source_; }

  /// Writes the pieces, those to come as well, to the crash file too; null: no more.
  void mirror_in(crash::Clock* mirror);

  /// UTC of a tick in ns since the epoch. A tick older than the last `pieces` updates is read off
  /// the oldest piece that is left.
  std::int64_t to_utc_ns(std::uint64_t tick) const {
    const Piece& piece = pieces_[newest_];
    if (tick < piece.tick) [[unlikely]]
      return on_older_piece(tick);
    return piece.utc_ns_at(tick);
  }

  /// Compares with the system clock when that is due: after 1 ms, 2 ms, 4 ms, ... then every 2 s.
  void update(std::uint64_t now_tick) {
    if (now_tick >= next_update_tick_) [[unlikely]]
      add_piece();
  }

 private:
  using Piece = crash::ClockPiece;

  struct Reading {
    std::uint64_t tick;
    std::int64_t utc_ns;
  };

  static constexpr std::size_t pieces = crash::clock_pieces;

  Reading read_both() const;
  void add_piece();
  void push(const Piece& piece);
  void mirror(std::size_t place);
  void schedule(std::uint64_t now_tick);
  std::int64_t on_older_piece(std::uint64_t tick) const;

  TickSource source_;
  std::array<Piece, pieces> pieces_{};
  std::size_t newest_ = 0;
  Reading reference_;         // where the measurement of the rate began
  double ns_per_tick_ = 1.0;  // the best estimate so far
  std::int64_t interval_ns_ = 1'000'000;
  std::uint64_t next_update_tick_ = 0;
  crash::Clock* mirror_ = nullptr;
};

}  // namespace xylem::drain
