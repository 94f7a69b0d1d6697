#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "route/call_sampler.hpp"
#include "route/filter.hpp"
#include "route/held_back.hpp"
#include "route/sampling_rule.hpp"

namespace xylem::route {

/// `xylem.SamplingFilter` at a handler: asked about each record. It draws by a hash of the record
/// and counts by the record's time, so that a recovery decides as the process did.
class SamplingFilter final : public Filter {
 public:
  SamplingFilter(std::string name, const SamplingRule& rule);

  bool passes(std::string_view, int) const override { return true; }
  bool sees_records() const override { return true; }
  bool passes(const record::View& view) const override;
  bool tells() const override { return true; }
  std::optional<Note> take_note(std::int64_t now_ns, bool is_end) const override {
    return held_back_.take_note(now_ns, is_end);
  }

 private:
  bool takes(const record::View& view) const;

  SamplingRule rule_;
  mutable SiteCounts counts_;
  mutable HeldBackCount held_back_;
};

/// The same at a logger, where calls go by the rule: here it only tells what they held back.
class CallSamplingFilter final : public Filter {
 public:
  CallSamplingFilter(std::string name, const SamplingRule& rule, const std::string& logger);

  using Filter::passes;
  bool passes(std::string_view, int) const override { return true; }
  bool tells() const override { return true; }
  std::optional<Note> take_note(std::int64_t now_ns, bool is_end) const override;
  const SamplingRule* rule_for_calls() const override { return &rule_; }
  void use(CallSampler& sampler) const override {
    sampler_.store(&sampler, std::memory_order_release);
  }

 private:
  SamplingRule rule_;
  std::string logger_;
  mutable std::atomic<CallSampler*> sampler_{nullptr};  // null: not in force yet
  mutable HeldBackCount held_back_;
};

}  // namespace xylem::route
