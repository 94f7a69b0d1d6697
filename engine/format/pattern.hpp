#pragma once

#include <string_view>
#include <vector>

#include "format/percent.hpp"

namespace xylem::format {

/// The three ways in which a config may write a pattern, by Python's sign for each.
enum class PatternStyle : char { percent = '%', brace = '{', dollar = '$' };

/// What CPython takes for a pattern that is empty: the message.
std::string_view default_pattern(PatternStyle style);

/// Takes a pattern apart. Throws FormatError for one that Python could use for no record.
std::vector<PatternPiece> parse_pattern(PatternStyle style, std::string_view format);

}  // namespace xylem::format
