#include "route/burst.hpp"

#include <algorithm>
#include <utility>

#include "route/elapsed.hpp"

namespace xylem::route {

BurstFilter::BurstFilter(std::string name, const BurstRule& rule)
    : rule_{rule},
      tokens_{static_cast<double>(rule.capacity)},
      held_back_{std::move(name), rule.period_ns} {}

bool BurstFilter::passes(const record::View& view) const {
  if (view.levelno() >= rule_.below) return true;
  const auto capacity = static_cast<double>(rule_.capacity);
  const std::int64_t elapsed = elapsed_ns(filled_ns_, view.time_ns);
  if (elapsed > 0) {
    const double more =
        static_cast<double>(elapsed) * capacity / static_cast<double>(rule_.period_ns);
    tokens_ = std::min(capacity, tokens_ + more);
    filled_ns_ = view.time_ns;
  }
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return true;
  }
  held_back_.add(view);
  return false;
}

}  // namespace xylem::route
