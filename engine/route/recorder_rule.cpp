// Which flight recorder is whose.
#include "route/recorder_rule.hpp"

#include "route/tree.hpp"

namespace xylem::route {
namespace {

constexpr int critical_level = 50;

/// The engine's own logger, which tells of fatal signals and std::terminate.
constexpr std::string_view own_logger = "xylem";

}  // namespace

const RecorderRule* Tree::recorder_above(std::string_view logger) const {
  const RecorderRule* nearest = nullptr;
  const auto depth = [](const RecorderRule& rule) {
    return rule.logger == "root" ? 0 : rule.logger.size();
  };
  for (const RecorderRule& rule : recorders) {
    if (!rule.covers(logger)) continue;
    if (nearest == nullptr || depth(rule) > depth(*nearest)) nearest = &rule;
  }
  return nearest;
}

std::optional<std::size_t> Tree::recorder_of(std::string_view logger, int levelno) const {
  if (recorders.empty()) return std::nullopt;
  const int configured = configured_threshold(logger);
  if (configured == off || levelno >= configured) return std::nullopt;
  const RecorderRule* const nearest = recorder_above(logger);
  if (nearest == nullptr || levelno < nearest->level) return std::nullopt;
  return static_cast<std::size_t>(nearest - recorders.data());
}

std::vector<std::size_t> Tree::recorders_fired_by(std::string_view logger, int levelno) const {
  std::vector<std::size_t> fired;
  if (recorders.empty() || levelno < configured_threshold(logger)) return fired;
  const bool is_end = logger == own_logger && levelno >= critical_level;
  for (std::size_t i = 0; i < recorders.size(); ++i) {
    const RecorderRule& rule = recorders[i];
    if (is_end || (levelno >= rule.trigger && rule.covers(logger))) fired.push_back(i);
  }
  return fired;
}

}  // namespace xylem::route
