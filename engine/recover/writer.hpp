#pragma once

#include <cstdint>
#include <vector>

#include "recover/reconcile.hpp"
#include "recover/replay.hpp"

namespace xylem::recover {

/// Writes the lines that are not in the file yet, after the rest of a torn one. True: all are in
/// the kernel's hands. False: the sink is in trouble, which it has reported, and holds none of
/// them.
bool write_missing(const Capture& capture, const Standing& standing);

}  // namespace xylem::recover
