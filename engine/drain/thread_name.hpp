#pragma once

#include <memory>
#include <string_view>

#include "record/thread.hpp"

namespace xylem::drain {

/// The calling thread, as its records are to show it: the name given by name_this_thread(), else
/// "MainThread" for the first thread of the process, else the name it was given with
/// pthread_setname_np(), else "Thread-N" in the order of first records.
std::shared_ptr<const record::Thread> describe_this_thread();

/// Names the calling thread, for its records from the next ring on.
void name_this_thread(std::string_view name);

}  // namespace xylem::drain
