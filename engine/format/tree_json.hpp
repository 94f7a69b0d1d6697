#pragma once

#include <string>
#include <string_view>

#include "format/json_value.hpp"
#include "record/value.hpp"

/// The trees of structured arguments as JSON.
namespace xylem::format {

/// Appends a tree as one JSON value: lists, sets and tuples as arrays, described types and maps as
/// objects (keys that are no text as their text), optionals and variants as what they hold or null,
/// a multimap as an array of pairs. What a message shows as text (times, addresses) is a string.
/// Any bytes give a valid value: what was left out of a tree is "...".
void append_tree_json(std::string& out, std::string_view bytes, const JsonStyle& style);

/// What Python's json.loads() makes of append_tree_json(); see value_of_json().
record::Value value_of_tree(std::string_view bytes, std::string& scratch);

}  // namespace xylem::format
