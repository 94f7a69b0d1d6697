#include "drain/engine.hpp"

#include <algorithm>
#include <cstdlib>

#include <pthread.h>

#include "drain/producer.hpp"
#include "route/loggers.hpp"

namespace xylem::drain {
namespace {

/// How long records wait for the program's first configuration. CPython would show them at once;
/// here those that static objects log reach the file that main() configures.
constexpr std::int64_t grace_ms = 500;

std::atomic<bool> was_started{false};

/// After the last destructor of a static object: what these logged is still drained.
[[gnu::destructor]] void end_of_process() {
  if (was_started.load(std::memory_order_relaxed)) Engine::instance().shutdown();
}

}  // namespace

void Engine::start(std::int64_t grace) {
  if (!was_started.exchange(true, std::memory_order_relaxed)) {
    // What main() logged is written even if a static object's destructor never ends.
    std::atexit([] { instance().flush(); });
    pthread_atfork(prepare_for_fork, resume_after_fork, begin_in_child);
  }
  consumer_ = std::make_unique<Consumer>(exchange_, counters_, tree_);
  running_.store(true, std::memory_order_release);
  thread_ = std::thread{[this, grace] { consumer_->run(grace); }};
}

void Engine::start_for_thread() {
  if (is_running()) return;
  const std::lock_guard lock{life_mutex_};
  if (!is_running() && !was_shut_down_) start(is_configured_ ? 0 : grace_ms);
}

void Engine::run_on_consumer(std::function<void()> action) {
  Command command{std::move(action), {}};
  exchange_.send(command);
  // Pairs with the release in Consumer::run_commands(). The timeout guards against nothing: a
  // futex may wake early, and asking again is all there is to do.
  while (command.done.load_acquire() == 0) futex_wait(command.done, 0, 1'000'000);
}

void Engine::configure(std::shared_ptr<const route::Tree> tree, const Settings& settings) {
  const std::lock_guard lock{life_mutex_};
  exchange_.set(settings);
  if (is_running()) {
    run_on_consumer([&] { consumer_->install(tree); });
    tree_ = std::move(tree);
  } else {
    tree_ = std::move(tree);
    start(0);
  }
  is_configured_ = true;
  was_shut_down_ = false;
  route::set_levels(tree_);
}

std::shared_ptr<const route::Tree> Engine::tree() const {
  const std::lock_guard lock{life_mutex_};
  return tree_;
}

void Engine::flush() {
  const std::lock_guard lock{life_mutex_};
  if (is_running()) run_on_consumer({});
}

void Engine::shutdown() {
  const std::lock_guard lock{life_mutex_};
  if (!is_running()) return;
  run_on_consumer([this] {
    consumer_->close_sinks();
    consumer_->stop();
  });
  thread_.join();
  running_.store(false, std::memory_order_release);
  consumer_.reset();
  is_configured_ = false;
  was_shut_down_ = true;
  // A new start, before any configuration, would begin with the last resort.
  tree_ = std::make_shared<route::Tree>();
}

Stats Engine::stats() const {
  Stats stats;
  stats.dropped = exchange_.dropped();
  stats.failed = counters_.failed.load(std::memory_order_relaxed);
  stats.pending = counters_.pending.load(std::memory_order_relaxed);
  const std::uint64_t consumed = counters_.consumed.load(std::memory_order_relaxed);
  stats.accepted = consumed + stats.dropped;
  // Read one after another while the consumer goes on: never below nothing.
  stats.written = consumed - std::min(consumed, stats.failed + stats.pending);
  stats.queued_slots = exchange_.queued_slots();
  return stats;
}

}  // namespace xylem::drain
