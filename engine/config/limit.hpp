#pragma once
/// @file
/// Numbers that Python compares with integers.

#include <cstdint>
#include <optional>

#include "config/document.hpp"

namespace xylem::config {

/// A limit as an integer: a fraction is rounded up, which no comparison of "integer >= limit" can
/// tell from the limit itself, and what is beyond 64 bits is the nearest that is not. None for what
/// is no number.
std::optional<std::int64_t> limit_of(const Value& value);

}  // namespace xylem::config
