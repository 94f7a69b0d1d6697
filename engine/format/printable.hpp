#pragma once

#include <cstdint>

namespace xylem::format {

/// Python's str.isprintable() for one code point: whether repr() shows it as it is. As CPython 3.13
/// has it, by Unicode 15.1.
bool is_printable(std::uint32_t code_point);

}  // namespace xylem::format
