#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace xylem::bench {

/// Keeps every sample, so that the tail is exact.
class Percentiles {
 public:
  /// Makes room, so that add() does not move the samples while something is timed.
  void reserve(std::size_t samples) { samples_.reserve(samples); }

  void add(double sample) { samples_.push_back(sample); }

  /// The sample at the quantile `q` (0.5: the median, 1: the largest); 0 without samples.
  double at(double q) {
    if (samples_.empty()) return 0;
    const auto rank = static_cast<std::size_t>(q * static_cast<double>(samples_.size() - 1));
    const auto found = samples_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(samples_.begin(), found, samples_.end());
    return *found;
  }

 private:
  std::vector<double> samples_;
};

}  // namespace xylem::bench
