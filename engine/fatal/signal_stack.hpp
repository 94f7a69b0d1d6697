#pragma once

namespace xylem::fatal {

/// Gives the calling thread a stack for its signal handlers, without which there is no handling a
/// stack that ran out. A thread that has one keeps it. Without memory there is none.
void give_signal_stack() noexcept;

/// Takes it away again, for a thread that ends.
void take_signal_stack() noexcept;

}  // namespace xylem::fatal
