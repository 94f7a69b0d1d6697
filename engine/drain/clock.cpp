#include "drain/clock.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

#include <xylem/detail/producer.hpp>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace xylem::drain {
namespace {

constexpr std::int64_t first_measurement_ns = 500'000;
constexpr std::int64_t longest_interval_ns = 2'000'000'000;
constexpr std::int64_t set_clock_ns = 100'000'000;

std::int64_t read_clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

bool has_invariant_tsc() {
#if defined(__x86_64__)
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) != 0 && (edx & 1u << 8) != 0;
#else
  return false;
#endif
}

std::uint64_t read_tick(TickSource source) {
  if (source == TickSource::tsc) return detail::processor_tick();
  return static_cast<std::uint64_t>(read_clock_ns(CLOCK_MONOTONIC));
}

TickClock::TickClock(TickSource source) : source_{source}, reference_{read_both()} {
  push({reference_.tick, reference_.utc_ns, 1.0});
  if (source == TickSource::tsc) {
    // A first rate, from the shortest span that gives one good to some parts in ten thousand.
    Reading now = reference_;
    while (now.utc_ns - reference_.utc_ns < first_measurement_ns &&
           now.utc_ns >= reference_.utc_ns) {
      now = read_both();
    }
    ns_per_tick_ = std::max(1e-3, static_cast<double>(now.utc_ns - reference_.utc_ns) /
                                      static_cast<double>(now.tick - reference_.tick));
    pieces_[newest_].ns_per_tick = ns_per_tick_;
  }
  schedule(reference_.tick);
}

/// Both clocks at one moment: the tick is taken before and after, and the closest pair wins.
TickClock::Reading TickClock::read_both() const {
  Reading best{};
  std::uint64_t best_span = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t before = read_tick(source_);
    const std::int64_t utc_ns = read_clock_ns(CLOCK_REALTIME);
    const std::uint64_t span = read_tick(source_) - before;
    if (span < best_span) {
      best_span = span;
      best = {before + span / 2, utc_ns};
    }
  }
  return best;
}

void TickClock::add_piece() {
  const Reading now = read_both();
  const std::int64_t here = to_utc_ns(now.tick);
  const std::int64_t error = now.utc_ns - here;
  interval_ns_ = std::min(interval_ns_ * 2, longest_interval_ns);
  if (std::llabs(error) >= set_clock_ns) {
    reference_ = now;
    interval_ns_ = std::max<std::int64_t>(interval_ns_ / 64, 1'000'000);
    push({now.tick, now.utc_ns, ns_per_tick_});
  } else {
    const double measured = static_cast<double>(now.utc_ns - reference_.utc_ns) /
                            static_cast<double>(now.tick - reference_.tick);
    if (measured > 0) ns_per_tick_ = measured;
    // Most of the error is worked off until the next update; half the rate at least is kept, so
    // that time goes on.
    const double slew = static_cast<double>(error) * 15 / 16 / static_cast<double>(interval_ns_);
    push({now.tick, here, ns_per_tick_ * std::clamp(1 + slew, 0.5, 2.0)});
    // A new reference now and then: the rate of the last minute counts, not that of last year.
    if (now.utc_ns - reference_.utc_ns > 64 * longest_interval_ns) reference_ = now;
  }
  schedule(now.tick);
}

void TickClock::push(const Piece& piece) {
  newest_ = (newest_ + 1) % pieces;
  pieces_[newest_] = piece;
  if (mirror_ != nullptr) mirror(newest_);
}

/// The release is for a reader after the process' death: the newest piece is whole.
void TickClock::mirror(std::size_t place) {
  mirror_->pieces[place] = pieces_[place];
  mirror_->newest.store_release(static_cast<std::uint32_t>(place));
}

void TickClock::mirror_in(crash::Clock* mirror) {
  mirror_ = mirror;
  if (mirror == nullptr) return;
  mirror->pieces = pieces_;
  mirror->newest.store_release(static_cast<std::uint32_t>(newest_));
}

void TickClock::schedule(std::uint64_t now_tick) {
  next_update_tick_ =
      now_tick + static_cast<std::uint64_t>(static_cast<double>(interval_ns_) / ns_per_tick_);
}

std::int64_t TickClock::on_older_piece(std::uint64_t tick) const {
  std::size_t i = newest_;
  for (std::size_t back = 1; back < pieces; ++back) {
    const std::size_t older = (newest_ + pieces - back) % pieces;
    if (pieces_[older].ns_per_tick == 0) break;  // never filled
    i = older;
    if (tick >= pieces_[i].tick) break;
  }
  return pieces_[i].utc_ns_at(tick);
}

}  // namespace xylem::drain

std::uint64_t xylem::detail::monotonic_tick() noexcept {
  return drain::read_tick(drain::TickSource::monotonic);
}
