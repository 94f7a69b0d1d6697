#pragma once

#include <string>
#include <string_view>

#include "record/value.hpp"

/// The mini-language of format specifiers: what Python's format(value, "*^+#012,.3f") does.
namespace xylem::format {

/// `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`, taken apart. What is wrong
/// with it is found out when a value is shown, as in Python: what a specifier may say depends on
/// the value's type.
struct BraceSpec {
  std::string source;
  std::string fill;            // one code point; empty: none given
  char align = '\0';           // one of <>=^
  char sign = '\0';            // one of "+- "
  bool no_minus_zero = false;  // z
  bool alternate = false;      // #
  bool zero = false;           // 0 before the width
  int width = 0;
  char separator = '\0';  // ',' or '_'
  int precision = -1;     // none
  std::string type;       // one code point; empty: none
  bool is_whole = true;   // false: there is more behind what would be the type
  std::string fault{};    // Python's message for what is wrong whatever the value
};

BraceSpec parse_brace_spec(std::string_view text);

/// Appends `value` as Python's format() shows it. Width, precision and fill count code points.
/// Throws FormatError, with Python's message, for a value that the specifier does not take.
void apply_brace_spec(std::string& out, const BraceSpec& spec, const record::Value& value);

}  // namespace xylem::format
