#pragma once
/// @file
/// "Did you mean ...?"

#include <span>
#include <string>
#include <string_view>

namespace xylem::config {

/// ". Did you mean 'maxBytes'?" for the candidate that is nearest to `name`, or nothing when none
/// is near. Weights and limits of CPython's Python/suggestions.c: 2 to move or replace a character,
/// 1 to change its case, and at most a third of the characters of both.
std::string suggestion(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace xylem::config
