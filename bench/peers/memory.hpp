#pragma once

#include <cstdint>

namespace xylem::bench {

/// What of the process is in memory now, and the most that has ever been. Linux only: elsewhere,
/// and where /proc is not mounted, they throw std::runtime_error.
std::int64_t resident_kib();
std::int64_t peak_resident_kib();

}  // namespace xylem::bench
