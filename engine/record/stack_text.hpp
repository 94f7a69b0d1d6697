#pragma once

#include <string>
#include <string_view>

namespace xylem::record {

/// "ns::function(int)" of "_ZN2ns8functionEi"; any other text as it is.
std::string demangled(const char* name);

/// "std::runtime_error" of "St13runtime_error", and also of what std::throw_with_nested() makes of
/// it, whose own name nobody has written.
std::string demangled_type(const char* name);

/// A stack trace of lines "#0 _ZN2ns8functionEi+0x12 (/path/of/file+0x1234)" with the names
/// demangled. Its result depends on the text alone, so a record that is read again by another
/// process gives the same line.
std::string demangled_stack(std::string_view trace);

}  // namespace xylem::record
