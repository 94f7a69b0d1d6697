#pragma once

/// Shortest decimal forms of floating-point numbers: the fewest digits that read back as the same
/// number, and of those the nearest to it. Thread-safe, no errors, locale-independent.
namespace xylem::format {

/// The most bytes any function here advances ("-1.2345678901234567e-308" takes 24); each may store
/// up to 64 bytes beyond the end it returns.
inline constexpr int max_floating_bytes = 32;

/// As Python's `repr` and `json.dumps`: `1.0`, `0.0001`, `1e-05`, `1e+16`, `-0.0`, `NaN`,
/// `Infinity`,
/// `-Infinity`. Returns the end.
char* write_repr(char* out, double value);

/// The same layout with the shortest digits that tell `value` from other floats ("0.1", not the
/// "0.10000000149011612" of its widening).
char* write_repr(char* out, float value);

/// write_repr(), but NaN and the infinities in quotes: JSON has no numbers for them, and Python's
/// bare words would make a line unreadable for everybody else. Returns the end.
char* write_json_number(char* out, double value);
char* write_json_number(char* out, float value);

/// As libfmt's `{}`: `1`, `0.0001`, `1e-05`, `1e+16`, `-0`, `nan`, `-nan`, `inf`, `-inf`. Returns
/// the end.
char* write_plain(char* out, double value);
char* write_plain(char* out, float value);

}  // namespace xylem::format
