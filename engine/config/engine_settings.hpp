#pragma once
/// @file
/// The top-level object "xylem".

#include <span>
#include <string_view>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// Nothing in such an object is optional to understand.
/// @throws ConfigError "Unknown key 'slot'. Did you mean 'slots'?"
void check_keys(const Cursor& config, std::span<const std::string_view> known);

/// Nothing in it is optional to understand: it is ours, so unlike CPython's own sections an unknown
/// key can only be a mistake.
/// @param plan what counts where it says nothing
/// @throws ConfigError "Unknown key 'slot'. Did you mean 'slots'?"
EnginePlan read_engine(const Cursor& document, EnginePlan plan);

}  // namespace xylem::config
