#include "config/recorder.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "config/engine_settings.hpp"
#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

std::int64_t read_records(const Cursor& config, std::int64_t fallback) {
  const std::optional<Cursor> records = config.find("records");
  if (!records) return fallback;
  const auto* count = records->value().get_if<std::int64_t>();
  if (count == nullptr || *count < 1 || *count > most_recorded) {
    records->fail(fmt::format("Expected an integer from 1 to {}, got {}", most_recorded,
                              python_repr(records->value())));
  }
  return *count;
}

int read_level_at(const Cursor& config, std::string_view key, int fallback) {
  const std::optional<Cursor> level = config.find(key);
  return level ? level_of(*level) : fallback;
}

RecorderPlan read_recorder(const std::string& logger, const Cursor& config) {
  static constexpr std::array<std::string_view, 3> keys = {"records", "level", "trigger"};
  RecorderPlan plan;
  plan.logger = logger == "root" ? "" : logger;
  plan.path = config.path();
  check_keys(config, keys);
  plan.records = read_records(config, plan.records);
  plan.level = read_level_at(config, "level", plan.level);
  plan.trigger = read_level_at(config, "trigger", plan.trigger);
  if (plan.trigger <= plan.level) {
    fail_at(config, config.contains("trigger") ? "trigger" : "level",
            fmt::format("The level that has records written, {}, is not above {}, from which on "
                        "they are kept",
                        record::level_name(plan.trigger), record::level_name(plan.level)));
  }
  return plan;
}

}  // namespace

std::vector<RecorderPlan> read_recorders(const Cursor& section) {
  std::vector<RecorderPlan> plans;
  for (const auto& entry : section.object()) {
    const std::string& logger = entry.first;
    RecorderPlan plan = read_recorder(logger, section.find(logger).value());
    const bool is_known = std::any_of(plans.begin(), plans.end(), [&plan](const auto& other) {
      return other.logger == plan.logger;
    });
    if (is_known) fail_at(section, logger, "The root has two flight recorders, '' and 'root'");
    plans.push_back(std::move(plan));
  }
  return plans;
}

const RecorderPlan* recorder_above(const EnginePlan& plan, std::string_view logger) {
  const RecorderPlan* nearest = nullptr;
  for (const RecorderPlan& recorder : plan.recorders) {
    const bool covers = recorder.logger.empty() || route::is_within(logger, recorder.logger);
    if (!covers) continue;
    if (nearest == nullptr || recorder.logger.size() > nearest->logger.size()) nearest = &recorder;
  }
  return nearest;
}

std::vector<route::RecorderRule> build_recorders(const EnginePlan& plan) {
  std::vector<route::RecorderRule> rules;
  for (const RecorderPlan& recorder : plan.recorders) {
    rules.push_back({recorder.logger.empty() ? "root" : recorder.logger,
                     static_cast<std::size_t>(recorder.records), recorder.level, recorder.trigger,
                     static_cast<std::size_t>(plan.max_kept_bytes)});
  }
  return rules;
}

std::string describe_recorder(const RecorderPlan& plan) {
  return fmt::format("the last {} from {} on are written when {} comes", plan.records,
                     record::level_name(plan.level), record::level_name(plan.trigger));
}

}  // namespace xylem::config
