#pragma once

#include <csetjmp>
#include <csignal>

/// What a handler does with memory that the crash may have left in any state, such as following the
/// stack, can fault in its turn. Then it is given up, and the handler goes on.
///
/// One thread at a time: the one that handles the crash of the process.
namespace xylem::fatal {

/// Runs f() to its end, or until leave_guarded(). What f() had stored in memory stands. Whether it
/// came to its end. f() must hold nothing that would have to be given back.
template <typename F>
bool guarded(F&& f);

/// From the handler of a fault: goes back to the end of guarded(), if the calling thread is in it.
void leave_guarded();

namespace guard {

inline sigjmp_buf place;
inline volatile std::sig_atomic_t is_active = 0;

}  // namespace guard

template <typename F>
bool guarded(F&& f) {
  if (sigsetjmp(guard::place, 1) != 0) {
    guard::is_active = 0;
    return false;
  }
  guard::is_active = 1;
  f();
  guard::is_active = 0;
  return true;
}

inline void leave_guarded() {
  if (guard::is_active != 0) siglongjmp(guard::place, 1);
}

}  // namespace xylem::fatal
