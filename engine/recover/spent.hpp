#pragma once

#include "recover/bytes.hpp"
#include "recover/claim.hpp"

namespace xylem::recover {

/// Whether there is certainly nothing in a dead process' crash file that was not written: it can
/// go, whichever configuration the process had. Reads little: the fixed part, of which `fixed` is
/// a copy that read_origin() has accepted, and the words of the rings.
bool is_spent(const Claim& claim, Bytes fixed);

}  // namespace xylem::recover
