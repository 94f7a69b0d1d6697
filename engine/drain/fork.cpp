#include <ctime>

#include <pthread.h>

#include "drain/engine.hpp"
#include "drain/producer.hpp"
#include "record/level_names.hpp"
#include "record/site.hpp"
#include "route/loggers.hpp"
#include "stacks/texts.hpp"

/// fork(2) copies one thread and all memory. The consumer is not copied; what it holds is, and so
/// is every lock that another thread has. So the consumer is brought to a place between two
/// batches, where no sink holds a line that the parent will write, and the locks are taken first.
/// What is initialised once is under such a lock, too, or pthread_once()'s, which knows of fork:
/// the compiler's guard of a static would stay taken in the child.
namespace xylem::drain {
namespace {

/// A consumer that hangs on a full pipe must not make a fork hang.
constexpr std::int64_t pause_patience_us = 2'000'000;
/// The consumer may have left its last pause a moment ago without a word.
constexpr std::int64_t pause_look_us = 10'000;

constinit std::mutex making;  // of the engine
constinit std::atomic<Engine*> current{nullptr};
constinit Engine* inherited = nullptr;  // in a child: the engine of the nearest ancestor with one

std::int64_t steady_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

/// Before any other constructor: handlers of the program's own may log, as theirs stand outside.
[[gnu::constructor(101)]] void watch_forks() {
  pthread_atfork(Engine::prepare_for_fork, Engine::resume_after_fork, Engine::begin_in_child);
}

}  // namespace

Engine* Engine::existing() {
  return current.load(std::memory_order_acquire);
}

Engine& Engine::instance() {
  if (Engine* const engine = existing()) return *engine;
  const std::lock_guard lock{making};
  if (Engine* const engine = existing()) return *engine;
  auto* const engine = new Engine;
  if (inherited != nullptr) engine->inherit(*inherited);
  current.store(engine, std::memory_order_release);
  return *engine;
}

/// The parent's engine is left as it is, rings and all: they are shared memory, and the parent's.
void Engine::inherit(Engine& parent) {
  ancestor_ = &parent;
  for (sink::Sink* const sink : parent.forest_.sinks()) sink->forget();
  forest_ = parent.forest_;
  is_configured_ = parent.is_configured_;
  was_shut_down_ = parent.was_shut_down_;
  exchange_.set(parent.exchange_.settings());
  crash_directory_ = parent.crash_directory_;
  identities_ = parent.identities_;
  lacks_file_.store(parent.file_ != nullptr || parent.lacks_file_, std::memory_order_relaxed);
}

/// On the consumer's thread.
void Engine::stay_in_pause() {
  // Also when the fork has not waited for this.
  consumer_->share_sinks();
  ForkPause& pause = fork_pause_;
  for (std::uint32_t ticket = pause.ticket.load_acquire(); ticket != 0;
       ticket = pause.ticket.load_acquire()) {
    pause.reached.store_release(ticket);
    futex_wake(pause.reached);
    futex_wait(pause.ticket, ticket, pause_patience_us);
  }
}

void Engine::pause_consumer() {
  ForkPause& pause = fork_pause_;
  const std::uint32_t ticket = pause.last_ticket += 2;
  pause.ticket.store_release(ticket);
  const std::int64_t deadline_us = steady_us() + pause_patience_us;
  for (std::uint32_t reached = pause.reached.load_acquire();
       reached != ticket && steady_us() < deadline_us; reached = pause.reached.load_acquire()) {
    // The command of a fork that did not wait long enough may still be on its way, and does as
    // well.
    if (!pause.is_sent || pause.command.done.load_acquire() != 0) {
      pause.command.action = [this] { stay_in_pause(); };
      pause.command.done.store_relaxed(0);
      pause.command.leaves_held = true;
      pause.is_sent = true;
      exchange_.send(pause.command);
    }
    futex_wait(pause.reached, reached, pause_look_us);
  }
}

void Engine::prepare_for_fork() {
  making.lock();
  if (Engine* const engine = existing()) {
    engine->life_mutex_.lock();
    if (engine->is_running()) engine->pause_consumer();
  }
  route::lock_loggers();
  record::lock_sites();
  record::lock_level_names();
  stacks::lock();
}

void Engine::resume_after_fork() {
  stacks::unlock();
  record::unlock_level_names();
  record::unlock_sites();
  route::unlock_loggers();
  if (Engine* const engine = existing()) {
    engine->fork_pause_.ticket.store_release(0);
    futex_wake(engine->fork_pause_.ticket);
    engine->life_mutex_.unlock();
  }
  making.unlock();
}

/// As little as can be: most children run another program. The first use of an engine makes one.
void Engine::begin_in_child() {
  stacks::unlock();
  record::unlock_level_names();
  record::unlock_sites();
  route::unlock_loggers();
  record::describe_sites_in(nullptr);
  record::describe_level_names_in(nullptr);
  stacks::describe_in(nullptr);
  route::describe_loggers_in(nullptr);
  if (Engine* const engine = existing()) {
    if (engine->file_ != nullptr) engine->file_->abandon();
    inherited = engine;
    current.store(nullptr, std::memory_order_relaxed);
    abandon_ring();
  }
  making.unlock();
}

}  // namespace xylem::drain
