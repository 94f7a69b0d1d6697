#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Text of unknown origin on its way to somebody's terminal.
namespace xylem::format {

/// Whether a code point moves the cursor, changes the colours, turns the direction of writing or
/// takes no place at all: the controls of ASCII and ISO 8859-1, line and paragraph separators,
/// marks and overrides of direction, tags. Joiners, which belong to letters and emoji, are not.
bool is_control(std::uint32_t code_point);

/// Appends the text with each control as an escape (`\n`, `\x1b`, `\u202e`) and what is no UTF-8 as
/// U+FFFD. A line break becomes `line_break` instead; "\n" is not for callers who want one line.
void append_visible(std::string& out, std::string_view text, std::string_view line_break = "\\n");

/// The same in double quotes, with those of the text and its backslashes escaped.
void append_quoted(std::string& out, std::string_view text);

}  // namespace xylem::format
