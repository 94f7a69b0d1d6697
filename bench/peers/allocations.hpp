#pragma once

#include <cstdint>

namespace xylem::bench {

/// False where malloc cannot be replaced: under a sanitizer, which does so itself, or without
/// glibc.
extern const bool counts_allocations;

/// How often the calling thread has asked for memory, by malloc and its kin or by operator new,
/// which ends there. 0 where nothing is counted.
std::uint64_t allocations_of_this_thread();

}  // namespace xylem::bench
