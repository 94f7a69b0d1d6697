#pragma once

#include <string>
#include <string_view>

namespace xylem::format {

/// How a formatter lays JSON out: `true, ", ", ": "` is Python's `json.dumps`, `false, ",", ":"`
/// the tightest form.
struct JsonStyle {
  bool ensure_ascii = true;
  std::string_view item_separator = ", ";
  std::string_view key_separator = ": ";
  /// NaN and the infinities as text: `json.dumps` writes bare words, which no JSON reader takes.
  bool quotes_non_numbers = true;
};

/// One spelling for each value, on its way from one line to another: nothing is lost in it.
inline constexpr JsonStyle normal_json{true, ", ", ": ", false};

/// Containers within containers that `rewrite_json` follows.
inline constexpr int max_json_depth = 1000;

/// Appends the JSON text `value` to `out` in another style, as Python's
/// `json.dumps(json.loads(value))` would, but so that any reader takes it: no white space but the
/// separators; members in order, of equal keys the first one's place and the last one's value;
/// integers digit for digit whatever their size (`-0` is `0`); other numbers as the shortest form
/// of their double (`1e5` is `100000.0`, `1e999` is Infinity); NaN and the infinities as the style
/// says; a lone surrogate (`"\ud800"`) and invalid UTF-8 as U+FFFD.
///
/// Throws std::invalid_argument for text that is not JSON or is nested deeper than
/// `max_json_depth`, and leaves `out` as it was. Thread-safe.
void rewrite_json(std::string& out, std::string_view value, const JsonStyle& style);

}  // namespace xylem::format
