#include "route/burst.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace xylem::route {

BurstFilter::BurstFilter(std::string name, const BurstRule& rule)
    : rule_{rule},
      tokens_{static_cast<double>(rule.capacity)},
      filled_ns_{std::numeric_limits<std::int64_t>::min()},
      held_back_{std::move(name), rule.period_ns} {}

bool BurstFilter::passes(const record::View& view) const {
  if (view.levelno() >= rule_.below) return true;
  const auto capacity = static_cast<double>(rule_.capacity);
  if (view.time_ns > filled_ns_) {
    const double passed_ns = static_cast<double>(view.time_ns) - static_cast<double>(filled_ns_);
    tokens_ =
        std::min(capacity, tokens_ + passed_ns * capacity / static_cast<double>(rule_.period_ns));
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
