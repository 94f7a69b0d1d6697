#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace xylem::sink {

/// A thread that carries out one job again and again, as often as its owner says.
///
///     owner                            thread
///     post()       posted, release --> acquire in run(): what the owner prepared for the turn
///     turns_left()
///     wait_until() acquire <---------- done, seq_cst in run(): what the turn has written
///
/// Belongs to one owner thread. The job does not throw.
class Worker {
 public:
  /// Starts the thread. Throws std::system_error when there cannot be one.
  explicit Worker(std::function<void()> job);
  /// Waits for all turns, then ends the thread.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Orders one more turn.
  void post();

  /// How many of the turns ordered are not over yet.
  std::uint32_t turns_left() const {
    return posted_.load(std::memory_order_relaxed) - done_.load(std::memory_order_acquire);
  }

  /// Sleeps until no more than so many are left.
  void wait_until(std::uint32_t turns_left);

  /// The same, but no longer than `patience_ms`. Whether no more than so many are left.
  bool wait_until(std::uint32_t turns_left, std::int64_t patience_ms) const;

 private:
  void run();

  std::function<void()> job_;
  // Counted modulo 2^32; futexes are words of that size.
  std::atomic<std::uint32_t> posted_{0};
  std::atomic<std::uint32_t> done_{0};
  std::atomic<std::uint32_t> wanted_{0};  // the owner need not be woken before so many are done
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // the last member: it begins when the others are there
};

}  // namespace xylem::sink
