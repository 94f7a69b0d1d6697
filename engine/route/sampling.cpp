#include "route/sampling.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "record/payload.hpp"

namespace xylem::route {
namespace {

/// Sampling never ends: it is told of now and then.
constexpr std::int64_t least_told_ns = 10'000'000'000;

std::int64_t told_ns(const SamplingRule& rule) {
  return rule.is_by_number ? std::max(least_told_ns, rule.period_ns) : least_told_ns;
}

/// Sebastiano Vigna's SplitMix64 (2015): every bit of the result depends on every bit of both.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) + 0x9e3779b97f4a7c15U;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}

/// The same in every process.
std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  std::uint64_t sum = text.size();
  for (const char c : text) sum = sum * 0x100000001b3U ^ static_cast<unsigned char>(c);
  return mixed(hash, sum);
}

std::uint64_t hash_of_site(const record::View& view) {
  if (view.foreign != nullptr) return mixed(mixed(2, view.logger), view.foreign->message);
  return mixed(mixed(view.site->line, view.site->pathname), view.site->format);
}

std::uint64_t hash_of_record(const record::View& view) {
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(view.time_ns), view.thread->id);
  hash = mixed(hash, hash_of_site(view));
  if (view.foreign != nullptr) return hash;
  // Records of one time, by a coarse clock, are not all alike.
  std::vector<const char*> starts(view.site->arguments.size());
  const std::byte* const end = record::find_tails(*view.site, view.payload, starts.data());
  return mixed(hash, {reinterpret_cast<const char*>(view.payload),
                      static_cast<std::size_t>(end - view.payload)});
}

}  // namespace

SamplingFilter::SamplingFilter(std::string name, const SamplingRule& rule)
    : rule_{rule}, held_back_{std::move(name), told_ns(rule)} {}

bool SamplingFilter::passes(const record::View& view) const {
  if (view.levelno() >= rule_.below || takes(view)) return true;
  held_back_.add(view);
  return false;
}

bool SamplingFilter::takes(const record::View& view) const {
  if (!rule_.is_by_number) return rule_.takes_drawn(hash_of_record(view));
  return rule_.takes(counts_.count(hash_of_site(view), view.time_ns / rule_.period_ns));
}

CallSamplingFilter::CallSamplingFilter(std::string name, const SamplingRule& rule,
                                       const std::string& logger)
    : rule_{rule}, logger_{logger}, held_back_{std::move(name), told_ns(rule)} {}

std::optional<Note> CallSamplingFilter::take_note(std::int64_t now_ns, bool is_end) const {
  CallSampler* const sampler = sampler_.load(std::memory_order_acquire);
  if (sampler == nullptr) return std::nullopt;
  const CallSampler::HeldBackCalls calls = sampler->take_held_back();
  if (calls.count != 0) {
    HeldBack of;
    of.logger = logger_;
    of.levelno = calls.levelno;
    held_back_.add(std::move(of), calls.count, now_ns);
  }
  return held_back_.take_note(now_ns, is_end);
}

}  // namespace xylem::route
