#pragma once

// What a child and the driver that kills it tell each other: memory that both map and that outlives
// the child. Where the child has come to is known to the very store, not when it gets round to
// saying so.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace kill_test {

inline constexpr std::size_t thread_count = 4;
/// A thread logs on a lane of its own; the short-lived threads that it starts, one after the other,
/// share another.
inline constexpr std::size_t lane_count = 2 * thread_count;

/// Descriptors that a child is started with.
inline constexpr int journal_fd = 3;
inline constexpr int event_fd = 4;  // an eventfd, written at each phase

/// With this status a child ends that ends by _exit() on purpose.
inline constexpr int exit_on_purpose = 77;

enum class Phase : std::uint32_t { none, started, configured };

enum class Sizes : std::uint32_t { small, mixed, large };

/// The log calls of a lane are numbered from 1 on, through all lives.
struct Lane {
  alignas(128) std::atomic<std::uint64_t> started;  // before the call
  std::atomic<std::uint64_t> finished;              // behind it
  /// The last one of this life whose call had returned before configure() was called; 0: none.
  std::atomic<std::uint64_t> early;
  /// The last one of this life whose call was made while configure() was under way; 0: none.
  std::atomic<std::uint64_t> meanwhile;
};

/// The death that a child brings upon itself: at one of the system calls that change files.
struct Doom {
  enum class Moment : std::uint32_t { never, before, amid, after };
  Moment moment;
  Phase counts_from;
  std::uint32_t call;  // 0: the first behind that phase
  enum class Way : std::uint32_t { kill, exit, abort, fault };
  Way way;
};

/// What a child is to do, written before it starts.
struct Orders {
  std::uint64_t seed;
  std::uint32_t life;
  Sizes sizes;
  Doom doom;
  std::uint32_t longest_burst;  // records without a pause
  std::uint32_t longest_pause_us;
  std::uint64_t bytes_a_thread;  // of text; then it is silent
  bool ends;                     // stops logging soon and returns from main()
  bool logs_early;               // before the configuration
  bool starts_threads;
  bool reconfigures;
  bool by_text;  // configures from memory
};

struct Journal {
  Orders orders;
  std::atomic<Phase> phase;
  /// What was logged early may have gone the way of an engine nobody configured.
  std::atomic<bool> configured_late;
  std::array<Lane, lane_count> lanes;
};

}  // namespace kill_test
