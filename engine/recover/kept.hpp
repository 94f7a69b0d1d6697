#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "recover/bytes.hpp"
#include "recover/leftover.hpp"
#include "recover/parts.hpp"

namespace xylem::recover {

/// Finds the lines that the dead process kept for its sinks because the kernel did not take them,
/// and sets `kept` and `lines` of these. Returns how many of the parts cannot be read.
std::uint64_t read_kept_lines(Bytes file, const std::vector<Part>& parts,
                              std::vector<SinkState>& sinks);

/// Numbers of memories are below this: a configuration with more is none.
inline constexpr std::uint64_t max_memories = 4096;

/// What memories held, or recorders kept, by their numbers.
using Memories = std::vector<std::vector<HeldLine>>;

/// Finds the lines that the dead process' memories held, by engines and the numbers of these; or,
/// by those of flight recorders, the packed records (`recorded`). Returns how many of the parts
/// cannot be read.
std::uint64_t read_held_lines(Bytes file, const std::vector<Part>& parts, crash::ExtentKind kind,
                              std::map<std::uint32_t, Memories>& memories);

}  // namespace xylem::recover
