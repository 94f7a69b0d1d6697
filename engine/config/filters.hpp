#pragma once
/// @file
/// One member of "filters", and references to filters.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// @throws ConfigError without the wrapper "Unable to configure filter ..."
FilterPlan read_filter(const std::string& name, const Cursor& config);

/// Whether the engine has a filter of this dotted name.
bool is_filter_class(std::string_view name);

/// The member "filters" of a handler or logger, appended to `chosen` as indices into `filters`;
/// one that is there already is not added again.
/// @throws ConfigError "Unable to add filter 'x'"
void add_filters(const Cursor& owner, const std::vector<FilterPlan>& filters,
                 std::vector<std::size_t>& chosen);

}  // namespace xylem::config
