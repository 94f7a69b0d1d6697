#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/brace_spec.hpp"
#include "format/percent.hpp"
#include "record/value.hpp"

/// Python's str.format(**mapping), as logging.Formatter uses it for the style `{`.
namespace xylem::format {

/// `.name` or `[index]` behind the name of a field.
struct BraceStep {
  bool is_attribute;
  std::string name;
  std::optional<std::int64_t> index{};  // of brackets with digits only
};

/// What stands in a field's braces behind the name: `[0].real!r:>{width}`.
struct BraceField {
  std::vector<BraceStep> steps;
  char conversion = '\0';  // r, s, a, or none
  BraceSpec spec;
  std::vector<PatternPiece> nested;  // a specifier with fields of its own; empty: `spec` counts
};

/// Takes a pattern apart. A field that is only shown, `{name}`, `{name!r}`, has the conversion of
/// `%` that does the same. Throws FormatError for what Python would raise for any mapping.
std::vector<PatternPiece> parse_brace(std::string_view format);

/// Finds the value of a name that a specifier mentions; `scratch` keeps its text.
using BraceLookup = std::function<record::Value(const std::string& name, std::string& scratch)>;

/// Appends what the field shows of the value of its name. Throws FormatError for what Python would
/// raise, std::invalid_argument for JSON that is none.
void apply_brace(std::string& out, const BraceField& field, const record::Value& value,
                 const BraceLookup& lookup);

}  // namespace xylem::format
