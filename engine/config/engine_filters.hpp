#pragma once
/// @file
/// The filters that look at each record: `xylem.RedactionFilter`, `xylem.SamplingFilter`,
/// `xylem.BurstFilter` and `xylem.DuplicateFilter`.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/reader.hpp"
#include "route/filter.hpp"

namespace xylem::config {

/// Such a filter, checked.
struct EngineFilterPlan {
  /// One for each place that names it: most remember records. `logger`: the one it stands at, if
  /// its calls are to ask a filter that can be asked by them; else null.
  std::function<std::shared_ptr<const route::Filter>(const std::string* logger)> make;
  /// What it does, for people.
  std::string text;
  /// What it may do to a record that `below` lets it look at; empty: it holds none back.
  std::string may;
  /// Records of this level or above pass.
  int below = 0;
};

/// None when there is no such class.
/// @throws ConfigError
std::optional<EngineFilterPlan> read_engine_filter(const std::string& name,
                                                   std::string_view class_name,
                                                   const Cursor& config);

bool is_engine_filter_class(std::string_view name);

}  // namespace xylem::config
