#pragma once
/// @file
/// CPython's check of a `%` style format.

#include <string_view>

namespace xylem::config {

/// Whether the format holds at least one conversion that CPython's PercentStyle looks for:
/// `%\(\w+\)[#0+ -]*(\*|\d+)?(\.(\*|\d+))?[diouxefgcrsa%]`, in either case. The rest of the format
/// may be anything.
bool has_percent_conversion(std::string_view format) noexcept;

}  // namespace xylem::config
