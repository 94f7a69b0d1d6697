#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <ucontext.h>

#include "drain/engine.hpp"
#include "fatal/text.hpp"

namespace xylem::fatal {

/// What the record of a crash needs, taken while all is well: a ring of its own, because the
/// crashed thread may stand in the middle of a call on the one it has, and a spill block.
class Reserve {
 public:
  /// Takes it from the engine of the process. Throws std::system_error when there is no memory.
  void take();
  /// Not in the child of a fork, where the rings are the parent's.
  void give_back();

  // In a signal handler, at most once after take():

  /// "Fatal signal SIGSEGV (address not mapped) at 0x10, thread worker-3", with the stack.
  void record_signal(const siginfo_t& info, ucontext_t& context);
  /// The message followed by the thread, with the stack from the frame of that address outwards.
  void record_termination(std::string_view message, const void* return_address);

  /// Waits until all that was logged before the record is in the kernel's hands, at most two
  /// seconds. Not at all on the engine's own threads, which nobody else could wait for.
  void wait_until_written() const;

 private:
  std::uint64_t put_context(std::uint64_t tick) const;
  void publish(Text& message, const siginfo_t* info);
  std::size_t pack(Text& message, const siginfo_t* info);

  drain::Engine* engine_ = nullptr;
  drain::Ring* ring_ = nullptr;
  drain::SpillPool::Block block_{0, nullptr};
  std::uint64_t header_ = 0;  // without a count of slots
  std::uint64_t end_ = 0;     // position behind the record
};

}  // namespace xylem::fatal
