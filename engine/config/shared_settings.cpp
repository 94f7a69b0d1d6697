#include "config/shared_settings.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <xylem/config.hpp>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

std::string switch_text(bool value) {
  return value ? "true" : "false";
}

/// The setting of that path below "xylem", as people write it.
std::string text_of(const EnginePlan& plan, std::string_view path) {
  if (path == "ring.slots") return std::to_string(plan.ring_slots);
  if (path == "ring.when_full") {
    return python_repr(when_full_words[static_cast<std::size_t>(plan.when_full)]);
  }
  if (path == "ring.crash_dir") {
    return plan.crash_dir.empty() ? "null" : python_repr(plan.crash_dir);
  }
  if (path == "clock") return python_repr(clock_words[static_cast<std::size_t>(plan.clock)]);
  return switch_text(path == "signals" ? plan.signals : plan.synchronous);
}

}  // namespace

void check_shared(const Plan& plan, const EnginePlan& in_force) {
  for (const std::string& path : plan.engine.given) {
    const std::string wanted = text_of(plan.engine, path);
    const std::string held = text_of(in_force, path);
    if (wanted == held) continue;
    const std::string key = path.substr(path.rfind('.') + 1);
    throw ConfigError{fmt::format("{} holds for all engines of the process: {} is in force, not {}",
                                  python_repr(key), held, wanted),
                      "xylem." + path, plan.source};
  }
}

EnginePlan with_shared(const EnginePlan& plan, const EnginePlan& in_force) {
  EnginePlan shared = plan;
  shared.ring_slots = in_force.ring_slots;
  shared.when_full = in_force.when_full;
  shared.clock = in_force.clock;
  shared.crash_dir = in_force.crash_dir;
  shared.signals = in_force.signals;
  shared.synchronous = in_force.synchronous;
  return shared;
}

}  // namespace xylem::config
