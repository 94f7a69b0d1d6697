#include "config/engine_settings.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/python_text.hpp"
#include "config/suggestion.hpp"

namespace xylem::config {
namespace {

void check_keys(const Cursor& config, std::span<const std::string_view> known) {
  for (const auto& entry : config.object()) {
    const std::string& key = entry.first;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    fail_at(config, key, "Unknown key " + python_repr(key) + suggestion(key, known));
  }
}

/// One of two words; the first stands for `false`.
bool read_choice(const Cursor& config, std::string_view key, std::string_view first,
                 std::string_view second) {
  const std::optional<Cursor> choice = config.find(key);
  if (!choice) return false;
  const auto* word = choice->value().get_if<std::string>();
  if (word != nullptr && (*word == first || *word == second)) return *word == second;
  choice->fail("Expected " + python_repr(first) + " or " + python_repr(second) + ", got " +
               python_repr(choice->value()));
}

std::uint32_t read_slots(const Cursor& ring, std::uint32_t fallback) {
  const std::optional<Cursor> slots = ring.find("slots");
  if (!slots) return fallback;
  const auto* count = slots->value().get_if<std::int64_t>();
  if (count == nullptr || *count < min_ring_slots || *count > max_ring_slots ||
      !std::has_single_bit(static_cast<std::uint64_t>(*count))) {
    slots->fail("Expected a power of two from " + std::to_string(min_ring_slots) + " to " +
                std::to_string(max_ring_slots) + ", got " + python_repr(slots->value()));
  }
  return static_cast<std::uint32_t>(*count);
}

}  // namespace

EnginePlan read_engine(const Cursor& document) {
  static constexpr std::array<std::string_view, 2> engine_keys = {"ring", "clock"};
  static constexpr std::array<std::string_view, 2> ring_keys = {"slots", "when_full"};
  EnginePlan plan;
  const std::optional<Cursor> engine = document.find("xylem");
  if (!engine) return plan;
  check_keys(*engine, engine_keys);
  if (const std::optional<Cursor> ring = engine->find("ring")) {
    check_keys(*ring, ring_keys);
    plan.ring_slots = read_slots(*ring, plan.ring_slots);
    plan.when_full =
        read_choice(*ring, "when_full", "block", "drop") ? WhenFull::drop : WhenFull::block;
  }
  plan.clock =
      read_choice(*engine, "clock", "tsc", "system") ? ClockSource::system : ClockSource::tsc;
  return plan;
}

}  // namespace xylem::config
