#pragma once

#include <cstdint>
#include <vector>

#include "recover/bytes.hpp"
#include "recover/leftover.hpp"
#include "recover/parts.hpp"

namespace xylem::recover {

/// Finds the lines that the dead process kept for this sink because its file did not take them,
/// and sets `kept` and `lines` of the sink. Returns how many of the parts cannot be read.
std::uint64_t read_kept_lines(Bytes file, const std::vector<Part>& parts, SinkState& sink);

}  // namespace xylem::recover
