#pragma once

#include <atomic>
#include <cstdint>

#include "route/sampling_rule.hpp"

namespace xylem::route {

/// What calls of a sampled logger ask before they copy anything into a ring. Each logger that was
/// ever sampled has one for ever: a call may be under way while another configuration comes.
/// Thread-safe; such a call may go by some of either configuration.
class CallSampler {
 public:
  /// What calls had not to log, since they were asked about last.
  struct HeldBackCalls {
    std::uint64_t count;
    int levelno;  // the highest
  };

  void set(const SamplingRule& rule) noexcept;

  bool lets(int levelno, std::uint64_t site) noexcept;

  HeldBackCalls take_held_back() noexcept;

 private:
  bool takes(std::uint64_t site) noexcept;

  std::atomic<int> below_{0};
  std::atomic<double> rate_{1};
  std::atomic<bool> is_by_number_{false};
  std::atomic<std::uint64_t> first_{0};
  std::atomic<std::uint64_t> thereafter_{0};
  std::atomic<std::int64_t> period_ns_{1};
  std::atomic<std::uint64_t> held_back_{0};
  std::atomic<int> highest_{0};
  SiteCounts counts_;
};

}  // namespace xylem::route
