#include "route/call_sampler.hpp"

#include <algorithm>
#include <ctime>

namespace xylem::route {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// Some milliseconds old, for a fraction of what the exact time costs: a period is a second.
std::int64_t coarse_now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Marsaglia's xorshift64* (2003), the multiplier of Vigna (2016).
std::uint64_t draw() {
  static constinit thread_local std::uint64_t state = 0;
  if (state == 0) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto address = reinterpret_cast<std::uintptr_t>(&state);
    state = (static_cast<std::uint64_t>(now.tv_nsec) + address) * 0x9e3779b97f4a7c15U | 1;
  }
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dU;
}

}  // namespace

void CallSampler::set(const SamplingRule& rule) noexcept {
  below_.store(rule.below, relaxed);
  rate_.store(rule.rate, relaxed);
  first_.store(rule.first, relaxed);
  thereafter_.store(rule.thereafter, relaxed);
  period_ns_.store(std::max<std::int64_t>(1, rule.period_ns), relaxed);
  is_by_number_.store(rule.is_by_number, relaxed);
}

bool CallSampler::lets(int levelno, std::uint64_t site) noexcept {
  if (levelno >= below_.load(relaxed) || takes(site)) return true;
  held_back_.fetch_add(1, relaxed);
  if (levelno > highest_.load(relaxed)) highest_.store(levelno, relaxed);
  return false;
}

bool CallSampler::takes(std::uint64_t site) noexcept {
  SamplingRule rule;
  rule.rate = rate_.load(relaxed);
  if (!is_by_number_.load(relaxed)) return rule.takes_drawn(draw());
  rule.first = first_.load(relaxed);
  rule.thereafter = thereafter_.load(relaxed);
  return rule.takes(counts_.count(site, coarse_now_ns() / period_ns_.load(relaxed)));
}

CallSampler::HeldBackCalls CallSampler::take_held_back() noexcept {
  if (held_back_.load(relaxed) == 0) return {0, 0};
  // In this order, so that a call in between is told under its level or a lower one.
  const std::uint64_t count = held_back_.exchange(0, relaxed);
  return {count, highest_.exchange(0, relaxed)};
}

}  // namespace xylem::route
