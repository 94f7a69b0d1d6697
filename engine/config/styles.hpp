#pragma once
/// @file
/// What CPython's Formatter checks a format for, style by style.

#include <optional>
#include <string>
#include <string_view>

#include "format/pattern.hpp"

namespace xylem::config {

/// The style that the text names, if it is one of `%`, `{` and `$`.
std::optional<format::PatternStyle> find_style(std::string_view text) noexcept;

/// What Formatter's `validate` finds wrong with a format, in CPython's words; nothing when it
/// passes. It may still be one that no record can be formatted with.
std::optional<std::string> style_fault(format::PatternStyle style, std::string_view format);

}  // namespace xylem::config
