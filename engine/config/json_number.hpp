#pragma once
/// @file
/// The numbers of JSON as Python reads them.

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/document.hpp"

namespace xylem::config {

/// Length of the JSON number that `text` begins with; 0 when it begins with none.
std::size_t number_length(std::string_view text) noexcept;

/// The value of a whole, valid JSON number: an integer when it has neither fraction nor exponent.
/// None when a double cannot hold it.
std::optional<Value> parse_number(std::string_view token);

}  // namespace xylem::config
