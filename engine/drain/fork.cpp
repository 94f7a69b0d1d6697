#include "drain/engine.hpp"
#include "drain/producer.hpp"
#include "record/site.hpp"
#include "route/loggers.hpp"

/// fork(2) copies one thread and all memory. The consumer is not copied; what it holds is, and so
/// is every lock that another thread has. So the consumer is brought to a place between two
/// batches, where no sink holds a line that the parent will write, and the locks are taken first.
namespace xylem::drain {
namespace {

/// A consumer that hangs on a full pipe must not make a fork hang.
constexpr std::int64_t pause_patience_us = 2'000'000;

Engine*& current() {
  // Made before the first log call of the process that needs it; replaced in the child of a fork.
  static Engine* engine = nullptr;
  return engine;
}

}  // namespace

Engine& Engine::instance() {
  static Engine* const first = current() = new Engine;
  static_cast<void>(first);
  return *current();
}

void Engine::prepare_for_fork() {
  Engine& engine = instance();
  engine.life_mutex_.lock();
  if (engine.is_running()) {
    ForkPause& pause = engine.fork_pause_;
    pause.reached.store_relaxed(0);
    pause.over.store_relaxed(0);
    pause.command.action = [&pause, consumer = engine.consumer_.get()] {
      consumer->share_sinks();
      pause.reached.store_release(1);
      futex_wake(pause.reached);
      while (pause.over.load_acquire() == 0) futex_wait(pause.over, 0, pause_patience_us);
    };
    pause.command.done.store_relaxed(0);
    pause.command.leaves_held = true;
    engine.exchange_.send(pause.command);
    if (pause.reached.load_acquire() == 0) futex_wait(pause.reached, 0, pause_patience_us);
  }
  route::lock_loggers();
  record::lock_sites();
}

void Engine::resume_after_fork() {
  Engine& engine = instance();
  record::unlock_sites();
  route::unlock_loggers();
  if (engine.is_running()) {
    ForkPause& pause = engine.fork_pause_;
    pause.over.store_release(1);
    futex_wake(pause.over);
    while (pause.command.done.load_acquire() == 0) {
      futex_wait(pause.command.done, 0, pause_patience_us);
    }
  }
  engine.life_mutex_.unlock();
}

/// The parent's engine is left as it is, rings and all: they are shared memory, and the parent's.
void Engine::begin_in_child() {
  Engine& parent = instance();
  record::unlock_sites();
  route::unlock_loggers();
  record::describe_sites_in(nullptr);
  route::describe_loggers_in(nullptr);
  abandon_ring();
  if (parent.file_ != nullptr) parent.file_->abandon();
  for (sink::Sink* const sink : parent.tree_->sinks()) sink->forget();
  auto* const engine = new Engine;
  engine->tree_ = parent.tree_;
  engine->is_configured_ = parent.is_configured_;
  engine->exchange_.set(parent.exchange_.settings());
  engine->was_shut_down_ = parent.was_shut_down_;
  engine->crash_ = parent.crash_;
  const bool wants_file = parent.file_ != nullptr || parent.lacks_file_;
  engine->lacks_file_.store(wants_file, std::memory_order_relaxed);
  current() = engine;
}

}  // namespace xylem::drain
