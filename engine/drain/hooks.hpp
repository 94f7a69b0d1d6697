#pragma once

#include <atomic>

namespace xylem::drain {

/// What others have to do at points of a thread's life and of the consumer's.
struct Hooks {
  void (*thread_attached)() noexcept;  // the calling thread has taken a ring; its engine runs
  void (*thread_detached)() noexcept;  // the calling thread has given its ring back
  void (*stopped)() noexcept;          // everything is written and the consumer has ended
};

/// Null before anybody wants to know.
inline constinit std::atomic<const Hooks*> hooks{nullptr};

}  // namespace xylem::drain
