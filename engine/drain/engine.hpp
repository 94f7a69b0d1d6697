#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <xylem/stats.hpp>

#include "drain/consumer.hpp"
#include "drain/exchange.hpp"
#include "route/forest.hpp"

namespace xylem::drain {

/// The life of the consumer: started by the first configuration or the first record, stopped by
/// shutdown() or at the end of the process. All functions are thread-safe.
class Engine {
 public:
  /// The engine of the process, made at its first use. Never destroyed: threads may log until the
  /// very end. The child of a fork has one of its own, with the parent's configuration.
  static Engine& instance();
  /// The same, or null when there was no use yet.
  static Engine* existing();

  Exchange& exchange() { return exchange_; }

  /// Held from the reading of the tree on which a configuration builds until configure() returns.
  /// The engine's own, so that the child of a fork has another.
  std::mutex& configuring() { return configuring_; }

  /// Puts a configuration in force for the loggers of that number (route::EngineNumber): what was
  /// logged before goes the old way, what is logged after goes the new one. Returns when what was
  /// logged before is in the kernel's hands. Throws std::system_error when the consumer cannot be
  /// started. Settings and the directory of the crash file are the process'; the identity is that
  /// of the configuration.
  void configure(route::EngineNumber engine, std::shared_ptr<const route::Tree> tree,
                 const Settings& settings, const CrashSettings& crash);

  /// Ends the configuration of one of the engines that are not the default one: all that was logged
  /// is written, its handlers are closed.
  void retire(route::EngineNumber engine) noexcept;

  /// The same as configure() for a tree of the handlers that are in force, which stay open, and for
  /// levels and filters of theirs. No configuration: records that wait for the first one wait on.
  void reroute(route::EngineNumber engine, std::shared_ptr<const route::Tree> tree,
               const route::LevelChanges& levels, const route::FilterChanges& filters = {});

  /// Puts a tree in force that `change` makes of the one in force, by other captures: between all
  /// that was logged before and all that is logged after. Starts the consumer.
  void recapture(route::EngineNumber engine, const std::function<void(route::Tree&)>& change);

  /// The engines that have a configuration.
  std::vector<route::EngineNumber> configured() const;

  /// The trees in force.
  route::Forest forest() const;

  /// A thread is to take a ring: before the first configuration, and in the child of a fork, the
  /// crash file is made now.
  void prepare_for_thread();
  /// A thread logs for the first time: starts the consumer, which holds records back for a moment
  /// when nothing is configured yet.
  void start_for_thread();

  /// Runs it while nothing starts, stops or forks.
  void while_still(const std::function<void()>& action);

  void flush();

  /// The same, but what waits for the first configuration waits on.
  void settle();
  void shutdown();
  /// shutdown() at the very end of the process; records logged after an earlier one are shown.
  void finish();
  Stats stats() const;
  /// Records of other processes, which are in the kernel's hands.
  void count_recovered(std::uint64_t records) {
    recovered_.fetch_add(records, std::memory_order_relaxed);
  }

  /// Whether a consumer runs, so that waiting for room makes sense.
  bool is_running() const { return running_.load(std::memory_order_acquire); }

  // Around fork(2), in fork.cpp:
  static void prepare_for_fork();
  static void resume_after_fork();
  static void begin_in_child();

 private:
  /// Keeps the consumer between two batches while the process forks.
  struct ForkPause {
    Command command;
    bool is_sent = false;           // ever
    std::uint32_t last_ticket = 1;  // odd, for ever: 0 is none
    Atomic<std::uint32_t> ticket;   // a futex word: the fork that goes on, or 0
    Atomic<std::uint32_t> reached;  // a futex word: the fork that the consumer stands still for
  };

  Engine() = default;

  void start(const route::Forest& forest, std::int64_t grace_ms);
  std::shared_ptr<crash::File> crash_file() const;
  std::shared_ptr<crash::File> nameless_file() const;
  void keep_in(std::shared_ptr<crash::File> file);
  void drain_here();
  void run_on_consumer(std::function<void()> action, bool leaves_held = false);
  void stop_consumer();
  void close_inherited(const route::Forest& next);
  void put_in_force(route::Forest forest);
  void inherit(Engine& parent);
  void pause_consumer();
  void stay_in_pause();

  Exchange exchange_;
  Counters counters_;

  std::mutex configuring_;
  mutable std::mutex life_mutex_;  // start and stop, one at a time
  route::Forest forest_{std::make_shared<const route::Tree>()};
  std::atomic<std::uint64_t> recovered_{0};
  std::string crash_directory_ = crash::default_directory();
  std::map<route::EngineNumber, crash::Identity> identities_;  // of configured engines
  std::shared_ptr<crash::File> file_;   // null: a crash loses what is in the rings
  std::atomic<bool> lacks_file_{true};  // nothing has been logged yet, or not in this child
  std::unique_ptr<Consumer> consumer_;
  std::thread thread_;
  std::atomic<bool> running_{false};
  bool is_configured_ = false;
  bool was_shut_down_ = false;
  ForkPause fork_pause_;
  const Engine* ancestor_ = nullptr;  // in the child of a fork; for those who look for leaks
};

}  // namespace xylem::drain
