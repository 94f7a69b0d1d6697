#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <concurrentqueue/concurrentqueue.h>

#include "drain/futex.hpp"
#include "drain/ring.hpp"
#include "drain/settings.hpp"
#include "drain/spill.hpp"

namespace xylem::drain {

/// Something for the consumer to do once all that was logged before is in the kernel's hands.
struct Command {
  std::function<void()> action;
  Atomic<std::uint32_t> done;  // a futex word
  /// Records that wait for a first configuration stay where they are.
  bool leaves_held = false;
};

/// All that passes between the logging threads and the consumer, except for the records. What is
/// rare goes through moodycamel::ConcurrentQueue; the settings are plain atomics because a call
/// that found no room reads them.
class Exchange {
 public:
  // Threads that log: -----------------------------------------------------------------------------

  /// A ring for the calling thread, whose end `producer` is, if it logs by calls: a retired one of
  /// the right size, or a new one. `slots` 0: as the settings say. Throws std::system_error when
  /// there is no memory for it.
  Ring& take_ring(std::shared_ptr<const record::Thread> thread, detail::Producer* producer,
                  std::uint64_t slots = 0);
  /// The thread will write no more into it.
  void retire(Ring& ring);
  /// How many rings have been retired that the consumer is not done with.
  std::uint32_t ended_rings() const { return ended_rings_.load(std::memory_order_relaxed); }

  /// Changes when threads are to take new rings. Sequentially consistent, as the stores of
  /// Producer::end: a thread that sets its limit either sees the change here or its limit undone.
  std::uint64_t generation() const { return generation_.load_seq_cst(); }

  /// Whether calls wait for the consumer; may change at any time. Sequentially consistent for the
  /// same reason.
  bool is_synchronous() const { return synchronous_.load_seq_cst(); }

  SpillPool& spills() { return spills_; }

  /// The coarse clock: CLOCK_MONOTONIC as the consumer, or a thread that took a ring, read it last.
  const Atomic<std::uint64_t>& kept_tick() const { return kept_tick_; }

  /// The next call of each thread takes the slow way, which looks at what others have left there.
  void recall_threads();

  /// Lets the consumer look at once.
  void wake();
  /// A ring fills: wakes the consumer unless it is awake anyway. May err when that is just falling
  /// asleep: then the records wait for the end of its nap.
  void press() {
    pressed_.store(true, std::memory_order_relaxed);
    if (asleep_.load(std::memory_order_relaxed)) wake();
  }

  // Threads that control: -------------------------------------------------------------------------

  /// Threads whose rings have another size or clock take new ones at their next record.
  void set(const Settings& settings);
  /// From now on rings and blocks are pieces of the file; null: of none. Threads that have rings
  /// elsewhere take new ones at their next record.
  void use(std::shared_ptr<crash::File> file);
  /// Threads end unnoticed from now on, and their ends of the rings with them: none is touched any
  /// more. Those that have rings keep them.
  void let_go_of_threads();
  Settings settings() const;
  void send(Command& command);
  /// Records refused for lack of room, in all rings ever; slots that wait in them.
  std::uint64_t dropped() const;
  std::uint64_t queued_slots() const;
  void count_lost_call() { lost_calls_.fetch_add(1, std::memory_order_relaxed); }

  // The consumer: ---------------------------------------------------------------------------------

  /// A thread has press()ed.
  bool is_pressed() const { return pressed_.load(std::memory_order_relaxed); }
  /// Brings the coarse clock up to date.
  void keep_tick(std::uint64_t monotonic_tick);
  bool has_commands() const { return commands_.size_approx() > 0; }
  Ring* next_new_ring();
  Command* next_command();
  void recycle(Ring& ring);
  /// A ring in the crash file with a copy of the records at [position, position + slots) of `from`,
  /// as if its thread had ended behind them; `context` is that of the first. Null when there is no
  /// room in the file, and for a ring with drops to tell of. The blocks of spilled payloads go over
  /// to the copy.
  Ring* copy_into_file(const Ring& from, std::uint64_t position, std::uint64_t slots,
                       std::shared_ptr<const RingContext> context);
  /// Leaves a ring to the next consumer.
  void announce(Ring& ring) { new_rings_.enqueue(&ring); }
  /// Sleeps until somebody wakes it, at most `timeout_us`.
  void sleep(std::int64_t timeout_us);

 private:
  Ring* reuse_ring(std::uint64_t slots);
  std::unique_ptr<Ring> make_ring(std::uint64_t slots);
  void describe(Ring& ring);
  void copy_spills(const Ring& copy, std::uint64_t slots);
  void destroy(const Ring& ring);
  bool is_current(const Ring& ring) const;
  void send_calls_the_slow_way();

  // Read at every call: its cache line holds what hardly ever changes.
  alignas(64) Atomic<std::uint64_t> kept_tick_;
  std::atomic<std::uint32_t> ring_slots_{4096};
  std::atomic<WhenFull> when_full_{WhenFull::block};
  std::atomic<TickSource> clock_{TickSource::tsc};
  Atomic<bool> synchronous_;
  std::atomic<std::uint64_t> lost_calls_{0};
  std::atomic<std::uint32_t> ended_rings_{0};

  moodycamel::ConcurrentQueue<Ring*> new_rings_;
  moodycamel::ConcurrentQueue<Ring*> free_rings_;
  moodycamel::ConcurrentQueue<Command*> commands_;
  SpillPool spills_;

  Atomic<std::uint32_t> wakes_;
  std::atomic<bool> asleep_{false};
  std::atomic<bool> pressed_{false};

  Atomic<std::uint64_t> generation_;
  mutable std::mutex rings_mutex_;
  std::vector<std::unique_ptr<Ring>> rings_;
  std::shared_ptr<crash::File> file_;
  std::uint64_t dropped_before_ = 0;  // in rings that are gone
  bool may_reach_threads_ = true;
};

}  // namespace xylem::drain
