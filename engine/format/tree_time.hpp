#pragma once

#include <string>
#include <string_view>

#include "record/tree_reader.hpp"

/// Durations and times of day of a tree as text.
namespace xylem::format {

/// A time as ISO 8601 in UTC, with as many digits as its period has: `2026-11-23T04:17:00.250Z`. A
/// duration as its count and its unit: `10ms`. One beyond all calendars as what has passed since
/// 1970.
std::string text_of_time(const record::TreeItem& item);

/// By a specification: fill, alignment and width, then strftime's conversions, which libfmt does.
/// Throws fmt::format_error for others.
std::string text_of_time(const record::TreeItem& item, std::string_view spec);

}  // namespace xylem::format
