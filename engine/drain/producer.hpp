#pragma once

#include <string_view>

#include "record/thread.hpp"

/// The calling thread's tie to its ring, as far as others than the call itself need it.
namespace xylem::drain {

/// Names the calling thread for its records from now on.
void rename_this_thread(std::string_view name);

/// At the end of the process, or when a library that has the engine in it is unloaded: threads that
/// end from now on do not come here any more.
void forget_thread_ends();

/// The calling thread as its records show it; null when it has no ring. For signal handlers.
const record::Thread* describe_attached_thread() noexcept;

/// Forgets the calling thread's ring without retiring it: it belongs to the parent of a fork.
void abandon_ring();

}  // namespace xylem::drain
