#include "config/engine_settings.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/python_text.hpp"
#include "config/recorder.hpp"
#include "config/suggestion.hpp"
#include "sink/posix_file.hpp"

namespace xylem::config {
namespace {

/// "'a', 'b' or 'c'".
std::string alternatives(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += python_repr(words[i]);
  }
  return text;
}

/// The place of one of these words among them; that of the first when there is no such key.
std::size_t read_choice(const Cursor& config, std::string_view key,
                        std::span<const std::string_view> words) {
  const std::optional<Cursor> choice = config.find(key);
  if (!choice) return 0;
  const auto* word = choice->value().get_if<std::string>();
  const auto found = word == nullptr ? words.end() : std::find(words.begin(), words.end(), *word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  choice->fail("Expected " + alternatives(words) + ", got " + python_repr(choice->value()));
}

/// Unlike CPython's own flags, which take whatever is true: nothing here is meant to be guessed.
bool read_switch(const Cursor& config, std::string_view key, bool fallback) {
  const std::optional<Cursor> choice = config.find(key);
  if (!choice) return fallback;
  const bool* const value = choice->value().get_if<bool>();
  if (value == nullptr) choice->fail("Expected true or false, got " + python_repr(choice->value()));
  return *value;
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

std::int64_t read_kept_bytes(const Cursor& sinks, std::int64_t fallback) {
  const std::optional<Cursor> bound = sinks.find("max_kept_bytes");
  if (!bound) return fallback;
  const auto* bytes = bound->value().get_if<std::int64_t>();
  if (bytes == nullptr || *bytes < 0 || *bytes > most_kept_bytes) {
    bound->fail("Expected an integer from 0 to " + std::to_string(most_kept_bytes) + ", got " +
                python_repr(bound->value()));
  }
  return *bytes;
}

/// Empty for null.
std::string read_directory(const Cursor& place) {
  if (place.value().is_null()) return {};
  const auto* const path = place.value().get_if<std::string>();
  if (path == nullptr || path->empty()) {
    place.fail("Expected the path of a directory or null, got " + python_repr(place.value()));
  }
  return sink::absolute_path(*path);
}

/// All but what each engine has for itself.
std::vector<std::string> shared_settings(const Cursor& engine) {
  std::vector<std::string> given;
  if (const std::optional<Cursor> ring = engine.find("ring")) {
    for (const auto& entry : ring->object()) given.push_back("ring." + entry.first);
  }
  for (const std::string_view key : {"clock", "signals", "synchronous"}) {
    if (engine.contains(key)) given.emplace_back(key);
  }
  return given;
}

}  // namespace

void check_keys(const Cursor& config, std::span<const std::string_view> known) {
  for (const auto& entry : config.object()) {
    const std::string& key = entry.first;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    fail_at(config, key, "Unknown key " + python_repr(key) + suggestion(key, known));
  }
}

EnginePlan read_engine(const Cursor& document, EnginePlan plan) {
  static constexpr std::array<std::string_view, 7> engine_keys = {
      "ring", "clock", "signals", "levels", "sinks", "synchronous", "flight_recorder"};
  static constexpr std::array<std::string_view, 3> ring_keys = {"slots", "when_full", "crash_dir"};
  static constexpr std::array<std::string_view, 1> sink_keys = {"max_kept_bytes"};
  const std::optional<Cursor> engine = document.find("xylem");
  if (!engine) return plan;
  check_keys(*engine, engine_keys);
  if (const std::optional<Cursor> ring = engine->find("ring")) {
    check_keys(*ring, ring_keys);
    plan.ring_slots = read_slots(*ring, plan.ring_slots);
    if (ring->contains("when_full")) {
      plan.when_full = static_cast<WhenFull>(read_choice(*ring, "when_full", when_full_words));
    }
    if (const std::optional<Cursor> place = ring->find("crash_dir")) {
      plan.crash_dir = read_directory(*place);
    }
  }
  if (const std::optional<Cursor> sinks = engine->find("sinks")) {
    check_keys(*sinks, sink_keys);
    plan.max_kept_bytes = read_kept_bytes(*sinks, plan.max_kept_bytes);
  }
  if (const std::optional<Cursor> recorders = engine->find("flight_recorder")) {
    plan.recorders = read_recorders(*recorders);
  }
  plan.clock = static_cast<ClockSource>(read_choice(*engine, "clock", clock_words));
  plan.signals = read_switch(*engine, "signals", plan.signals);
  plan.synchronous = read_switch(*engine, "synchronous", plan.synchronous);
  plan.given = shared_settings(*engine);
  return plan;
}

}  // namespace xylem::config
