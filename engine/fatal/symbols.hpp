#pragma once

#include <cstddef>
#include <span>

#include "fatal/stack.hpp"

namespace xylem::fatal {

/// Finds the functions of frames in the symbol tables of their files, as far as these can be read
/// and are what is mapped; the names stay as the linker knows them. For signal handlers: reads with
/// pread(2) into `pool`, which the frames refer to afterwards. dladdr() would take locks, and knows
/// only what a program exports.
void find_functions(std::span<Frame> frames, std::span<char> pool);

}  // namespace xylem::fatal
