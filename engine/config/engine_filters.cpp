#include "config/engine_filters.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "config/signature.hpp"
#include "config/table.hpp"
#include "record/level_names.hpp"
#include "route/burst.hpp"
#include "route/duplicates.hpp"
#include "route/redaction.hpp"
#include "route/sampling.hpp"

namespace xylem::config {
namespace {

constexpr int no_level = std::numeric_limits<int>::max();
/// Three hundred years of nanoseconds are all that there are.
constexpr double most_seconds = 1e9;

double read_number(const Cursor& config, std::string_view key, double fallback) {
  const std::optional<Cursor> member = config.find(key);
  if (!member) return fallback;
  const Value& value = member->value();
  if (const auto* integer = value.get_if<std::int64_t>()) return static_cast<double>(*integer);
  if (const auto* number = value.get_if<double>()) return *number;
  member->fail(std::string{key} + " must be a number, not " + python_repr(value));
}

std::int64_t read_seconds(const Cursor& config, std::string_view key, double fallback) {
  const double seconds = read_number(config, key, fallback);
  if (!(seconds > 0 && seconds <= most_seconds)) {
    fail_at(config, key, std::string{key} + " must be more than 0 and at most a thousand million");
  }
  return std::max<std::int64_t>(1, std::llround(seconds * 1e9));
}

std::uint64_t read_count(const Cursor& config, std::string_view key, std::uint64_t fallback,
                         std::int64_t least) {
  const std::optional<Cursor> member = config.find(key);
  if (!member) return fallback;
  const auto* const count = member->value().get_if<std::int64_t>();
  if (count == nullptr || *count < least) {
    member->fail(fmt::format("{} must be an integer of at least {}, not {}", key, least,
                             python_repr(member->value())));
  }
  return static_cast<std::uint64_t>(*count);
}

int read_below(const Cursor& config) {
  const std::optional<Cursor> below = config.find("below");
  return below && !below->value().is_null() ? level_of(*below) : no_level;
}

std::string text_of_below(int below) {
  return below == no_level ? "" : ", below " + record::level_name(below);
}

struct Text {
  std::string text;
  std::string path;
};

std::vector<Text> read_texts(const Cursor& config, std::string_view key) {
  std::vector<Text> texts;
  const std::optional<Cursor> member = config.find(key);
  if (!member) return texts;
  if (member->value().get_if<List>() == nullptr) {
    member->fail(std::string{key} + " must be a list of strings");
  }
  for (std::size_t i = 0; i < member->value().get_if<List>()->size(); ++i) {
    const Cursor item = member->item(i).converted(External::refused);
    const auto* const text = item.value().get_if<std::string>();
    if (text == nullptr) item.fail(std::string{key} + " must be a list of strings");
    texts.push_back({*text, item.path()});
  }
  return texts;
}

std::string read_replacement(const Cursor& config) {
  const std::optional<Cursor> member = config.find("replacement");
  if (!member) return route::Redactor::Options{}.replacement;
  const auto* const text = member->value().get_if<std::string>();
  if (text == nullptr) {
    member->fail("replacement must be a string, not " + python_repr(member->value()));
  }
  return *text;
}

EngineFilterPlan read_redaction(const Cursor& config, std::vector<std::string> fields) {
  route::Redactor::Options options;
  options.replacement = read_replacement(config);
  for (Text& field : read_texts(config, "fields")) options.fields.push_back(std::move(field.text));
  for (Text& pattern : read_texts(config, "patterns")) {
    const std::string obstacle = route::Redactor::obstacle_of(pattern.text);
    if (!obstacle.empty()) {
      throw ConfigError(python_repr(pattern.text) + " is no pattern to go by: " + obstacle,
                        pattern.path);
    }
    options.patterns.push_back(std::move(pattern.text));
  }
  if (options.fields.empty() && options.patterns.empty()) options.fields = std::move(fields);
  if (options.fields.empty() && options.patterns.empty()) {
    config.fail("A RedactionFilter needs fields or patterns");
  }
  const auto list = [](const std::vector<std::string>& names) {
    return joined(names, ", ", [](const std::string& name) { return shown(name); });
  };
  std::string text;
  if (!options.fields.empty()) text = "fields " + list(options.fields);
  if (!options.patterns.empty()) {
    text += (text.empty() ? "patterns " : ", patterns ") + list(options.patterns);
  }
  auto redactor = std::make_shared<const route::Redactor>(std::move(options));
  return {[redactor](const std::string*) -> std::shared_ptr<const route::Filter> {
            return std::make_shared<route::RedactionFilter>(redactor);
          },
          std::move(text),
          {},
          no_level};
}

EngineFilterPlan read_redaction_filter(const std::string&, const Cursor& config) {
  return read_redaction(config, {});
}

/// The guideline's has no arguments: it knows what is sensitive.
EngineFilterPlan read_sensitive_filter(const std::string&, const Cursor& config) {
  return read_redaction(config,
                        {"password", "passwd", "secret", "token", "api_key", "authorization"});
}

EngineFilterPlan read_sampling_filter(const std::string& name, const Cursor& config) {
  route::SamplingRule rule;
  rule.is_by_number = config.contains("first") || config.contains("thereafter");
  rule.below = read_below(config);
  std::string text;
  if (rule.is_by_number) {
    if (config.contains("rate")) fail_at(config, "rate", "rate, or first and thereafter: not both");
    rule.first = read_count(config, "first", 0, 0);
    rule.thereafter = read_count(config, "thereafter", 0, 0);
    rule.period_ns = read_seconds(config, "per_seconds", 1);
    text = fmt::format("the first {} of a call site in {} s", rule.first,
                       static_cast<double>(rule.period_ns) / 1e9);
    if (rule.thereafter != 0) text += fmt::format(", then one of {}", rule.thereafter);
  } else {
    if (config.contains("per_seconds")) {
      fail_at(config, "per_seconds", "per_seconds goes with first and thereafter");
    }
    rule.rate = read_number(config, "rate", rule.rate);
    if (!(rule.rate >= 0 && rule.rate <= 1)) fail_at(config, "rate", "rate must be from 0 to 1");
    text = fmt::format("one of {:.6g}", 1 / rule.rate);
    if (rule.rate == 0) text = "none";
  }
  text += text_of_below(rule.below);
  return {[name, rule](const std::string* logger) -> std::shared_ptr<const route::Filter> {
            if (logger != nullptr) {
              return std::make_shared<route::CallSamplingFilter>(name, rule, *logger);
            }
            return std::make_shared<route::SamplingFilter>(name, rule);
          },
          std::move(text), "lets only some of these pass", rule.below};
}

EngineFilterPlan read_burst_filter(const std::string& name, const Cursor& config) {
  const route::BurstRule rule{read_count(config, "capacity", 100, 1),
                              read_seconds(config, "per_seconds", 10), read_below(config)};
  return {[name, rule](const std::string*) -> std::shared_ptr<const route::Filter> {
            return std::make_shared<route::BurstFilter>(name, rule);
          },
          fmt::format("{} at once and in {} s{}", rule.capacity,
                      static_cast<double>(rule.period_ns) / 1e9, text_of_below(rule.below)),
          "holds a burst of these back", rule.below};
}

EngineFilterPlan read_duplicate_filter(const std::string&, const Cursor& config) {
  const route::DuplicateRule rule{read_seconds(config, "seconds", 5), read_below(config)};
  return {[rule](const std::string*) -> std::shared_ptr<const route::Filter> {
            return std::make_shared<route::DuplicateFilter>(rule);
          },
          fmt::format("repetitions within {} s{}", static_cast<double>(rule.window_ns) / 1e9,
                      text_of_below(rule.below)),
          "holds repetitions back", rule.below};
}

struct FilterClass {
  std::string_view name;
  std::string_view owner;
  std::span<const std::string_view> arguments;
  EngineFilterPlan (*read)(const std::string& name, const Cursor& config);
};

constexpr std::string_view redaction_arguments[] = {"fields", "patterns", "replacement"};
constexpr std::string_view sampling_arguments[] = {"rate", "first", "thereafter", "per_seconds",
                                                   "below"};
constexpr std::string_view burst_arguments[] = {"capacity", "per_seconds", "below"};
constexpr std::string_view duplicate_arguments[] = {"seconds", "below"};

constexpr FilterClass classes[] = {
    {"xylem.RedactionFilter", "RedactionFilter", redaction_arguments, read_redaction_filter},
    {"mylogger.RedactSensitiveFilter", "RedactSensitiveFilter", redaction_arguments,
     read_sensitive_filter},
    {"xylem.SamplingFilter", "SamplingFilter", sampling_arguments, read_sampling_filter},
    {"mylogger.SamplingFilter", "SamplingFilter", sampling_arguments, read_sampling_filter},
    {"xylem.BurstFilter", "BurstFilter", burst_arguments, read_burst_filter},
    {"xylem.DuplicateFilter", "DuplicateFilter", duplicate_arguments, read_duplicate_filter},
};

}  // namespace

std::optional<EngineFilterPlan> read_engine_filter(const std::string& name,
                                                   std::string_view class_name,
                                                   const Cursor& config) {
  const auto* const found = std::find_if(std::begin(classes), std::end(classes),
                                         [&](const auto& c) { return c.name == class_name; });
  if (found == std::end(classes)) return std::nullopt;
  static constexpr std::array<std::string_view, 2> taken = {"()", "."};
  check_arguments(config, {found->owner, found->arguments}, taken);
  return found->read(name, config);
}

bool is_engine_filter_class(std::string_view name) {
  return has_class(std::span<const FilterClass>(classes), name);
}

}  // namespace xylem::config
