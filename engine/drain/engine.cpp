#include "drain/engine.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <pthread.h>

#include "drain/hooks.hpp"
#include "drain/producer.hpp"
#include "record/engine_thread.hpp"
#include "record/level_names.hpp"
#include "record/process.hpp"
#include "record/site.hpp"
#include "route/loggers.hpp"
#include "sink/report.hpp"
#include "sink/signals.hpp"
#include "stacks/texts.hpp"

namespace xylem::drain {
namespace {

/// How long records wait for the program's first configuration. CPython would show them at once;
/// here those that static objects log reach the file that main() configures.
constexpr std::int64_t grace_ms = 500;

constinit std::atomic<bool> was_started{false};

std::shared_ptr<crash::File> make_file(const std::string& directory) {
  std::shared_ptr<crash::File> file = crash::File::create(directory);
  file->fixed().header.start_ns = record::process_start_ns();
  return file;
}

/// After the last destructor of a static object, and after destructor functions that do not insist
/// on being the last: what these logged is still drained.
[[gnu::destructor(101)]] void end_of_process() {
  if (Engine* const engine = Engine::existing()) {
    engine->finish();
    engine->exchange().let_go_of_threads();
  }
  forget_thread_ends();
}

}  // namespace

void Engine::start(const route::Forest& forest, std::int64_t grace) {
  if (!was_started.exchange(true, std::memory_order_relaxed)) {
    // What main() logged is written even if a static object's destructor never ends.
    std::atexit([] {
      if (Engine* const engine = existing()) engine->flush();
    });
  }
  consumer_ = std::make_unique<Consumer>(exchange_, counters_, forest, file_.get());
  thread_ = std::thread{[this, grace] {
    pthread_setname_np(pthread_self(), "xylem");
    sink::block_signals();
    consumer_->run(grace);
  }};
  running_.store(true, std::memory_order_release);
}

void Engine::start_for_thread() {
  // The very last consumer logs under the lock.
  if (is_running() || record::is_engine_thread()) return;
  const std::lock_guard lock{life_mutex_};
  if (!is_running() && !was_shut_down_) start(forest_, is_configured_ ? 0 : grace_ms);
}

void Engine::run_on_consumer(std::function<void()> action, bool leaves_held) {
  Command command{std::move(action), {}, leaves_held};
  exchange_.send(command);
  // Pairs with the release in Consumer::run_commands(). The timeout guards against nothing: a
  // futex may wake early, and asking again is all there is to do.
  while (command.done.load_acquire() == 0) futex_wait(command.done, 0, 1'000'000);
}

/// The file of before if it is in the right place, or has none yet, else a new one.
std::shared_ptr<crash::File> Engine::crash_file() const {
  if (crash_directory_.empty()) return nullptr;
  const auto own = identities_.find(0);
  const crash::Identity identity = own != identities_.end() ? own->second : crash::Identity{};
  // Those of the others first: a file is complete when it gets its name.
  const auto identify = [this](crash::File& file) {
    for (const auto& [engine, other] : identities_) {
      if (engine != 0) file.set_identity(engine, other);
    }
  };
  if (file_ != nullptr) identify(*file_);
  if (file_ != nullptr && file_->has_name() && file_->directory() == crash_directory_) {
    file_->set_identity(identity);
    return file_;
  }
  try {
    if (file_ != nullptr && !file_->has_name() && file_->settle(crash_directory_, identity)) {
      return file_;
    }
    std::shared_ptr<crash::File> file = make_file(crash_directory_);
    identify(*file);
    file->settle(crash_directory_, identity);
    return file;
  } catch (const std::system_error& error) {
    sink::report(std::string{"a crash will lose what is not written yet: "} + error.what());
    return nullptr;
  }
}

/// For what is logged before the first configuration, which gives it a name: nothing has to be
/// moved then. Null when there can be none, which is told when one is asked for.
std::shared_ptr<crash::File> Engine::nameless_file() const {
  try {
    return make_file(crash_directory_);
  } catch (const std::system_error&) {
    return nullptr;
  }
}

/// Threads take rings in the file from here on; ids are described in it before they do.
void Engine::keep_in(std::shared_ptr<crash::File> file) {
  if (file == file_) return;
  crash::Dictionary* const dictionary = file != nullptr ? &file->dictionary() : nullptr;
  record::describe_sites_in(dictionary);
  record::describe_level_names_in(dictionary);
  stacks::describe_in(dictionary);
  route::describe_loggers_in(dictionary);
  exchange_.use(file);
  file_.swap(file);
}

void Engine::put_in_force(route::Forest forest) {
  forest_ = std::move(forest);
  route::set_levels(forest_);
}

void Engine::configure(route::EngineNumber engine, std::shared_ptr<const route::Tree> tree,
                       const Settings& settings, const CrashSettings& crash) {
  const std::lock_guard lock{life_mutex_};
  crash_directory_ = crash.directory;
  identities_[engine] = crash.identity;
  const std::shared_ptr<crash::File> former = file_;
  const std::shared_ptr<crash::File> file = crash_file();
  lacks_file_.store(false, std::memory_order_relaxed);
  route::Forest forest = forest_.with(engine, std::move(tree));
  if (is_running()) {
    run_on_consumer(
        [&] {
          consumer_->install(engine, forest, file.get());
          // Not before: what waits for this configuration would be shown without it, as soon as
          // one of its rings, which may be smaller, is half full.
          exchange_.set(settings);
          keep_in(file);
          consumer_->move_into_file();
        },
        true);
  } else {
    exchange_.set(settings);
    keep_in(file);
    start(forest, 0);
    close_inherited(forest);
  }
  // Of what was logged before nothing is left where a crash would lose it.
  run_on_consumer([this] { consumer_->settle_sinks(); });
  if (former != nullptr && former != file) former->remove();
  is_configured_ = true;
  was_shut_down_ = false;
  put_in_force(std::move(forest));
}

void Engine::retire(route::EngineNumber engine) noexcept {
  if (record::is_engine_thread()) return;  // it would wait for itself
  const std::lock_guard one_at_a_time{configuring_};
  const std::lock_guard lock{life_mutex_};
  identities_.erase(engine);
  if (!forest_.has(engine)) return;
  route::Forest forest = forest_.without(engine);
  if (is_running()) {
    run_on_consumer([&] { consumer_->install(engine, forest, file_.get()); });
  } else {
    close_inherited(forest);
  }
  // Not before: until then a crash may leave something that is the configuration's.
  if (file_ != nullptr) file_->forget_engine(engine);
  put_in_force(std::move(forest));
}

void Engine::reroute(route::EngineNumber engine, std::shared_ptr<const route::Tree> tree,
                     const route::LevelChanges& levels, const route::FilterChanges& filters) {
  const std::lock_guard lock{life_mutex_};
  route::Forest forest = forest_.with(engine, std::move(tree));
  if (is_running()) {
    run_on_consumer([&] { consumer_->reroute(forest, levels, filters); }, true);
  } else {
    for (const auto& [handler, level] : levels) handler->level = level;
    for (const auto& [handler, others] : filters) handler->filters = others;
  }
  put_in_force(std::move(forest));
}

void Engine::recapture(route::EngineNumber engine,
                       const std::function<void(route::Tree&)>& change) {
  const std::lock_guard one_at_a_time{configuring_};
  const std::lock_guard lock{life_mutex_};
  auto tree = std::make_shared<route::Tree>(*forest_.tree(engine));
  change(*tree);
  route::Forest forest = forest_.with(engine, std::move(tree));
  if (is_running()) {
    run_on_consumer([&] { consumer_->reroute(forest, {}); });
  } else {
    start(forest, 0);
    close_inherited(forest);
  }
  was_shut_down_ = false;
  put_in_force(std::move(forest));
}

void Engine::prepare_for_thread() {
  // Pairs with the release below: who needs no file finds the one that there is.
  if (!lacks_file_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock{life_mutex_};
  if (!lacks_file_.load(std::memory_order_relaxed)) return;
  keep_in(is_configured_ ? crash_file() : nameless_file());
  lacks_file_.store(false, std::memory_order_release);
}

std::vector<route::EngineNumber> Engine::configured() const {
  const std::lock_guard lock{life_mutex_};
  std::vector<route::EngineNumber> numbers;
  for (const auto& [engine, identity] : identities_) numbers.push_back(engine);
  return numbers;
}

route::Forest Engine::forest() const {
  const std::lock_guard lock{life_mutex_};
  return forest_;
}

void Engine::while_still(const std::function<void()>& action) {
  const std::lock_guard lock{life_mutex_};
  action();
}

void Engine::flush() {
  if (record::is_engine_thread()) return;
  const std::lock_guard lock{life_mutex_};
  if (is_running()) run_on_consumer([this] { consumer_->settle_sinks(); });
}

void Engine::settle() {
  if (record::is_engine_thread()) return;
  const std::lock_guard lock{life_mutex_};
  if (is_running()) run_on_consumer([this] { consumer_->settle_sinks(); }, true);
}

/// On the consumer's thread.
void Engine::stop_consumer() {
  consumer_->close_sinks();
  consumer_->stop();
}

/// A child that has logged nothing has the parent's files open nevertheless.
void Engine::close_inherited(const route::Forest& next) {
  if (ancestor_ == nullptr) return;
  const std::vector<sink::Sink*> staying = next.sinks();
  for (sink::Sink* const sink : forest_.sinks()) {
    const bool stays = std::find(staying.begin(), staying.end(), sink) != staying.end();
    if (!stays) sink->close(0);
  }
}

void Engine::shutdown() {
  if (record::is_engine_thread()) return;
  const std::lock_guard lock{life_mutex_};
  // A new start, before any configuration, would begin with the last resort.
  route::Forest unconfigured = forest_.cleared();
  if (is_running()) {
    run_on_consumer([this] { stop_consumer(); });
    thread_.join();
    running_.store(false, std::memory_order_release);
    consumer_.reset();
  } else if (file_ != nullptr || (ancestor_ != nullptr && !was_shut_down_)) {
    close_inherited(unconfigured);
  } else {
    return;
  }
  is_configured_ = false;
  was_shut_down_ = true;
  if (file_ != nullptr) file_->remove();
  keep_in(nullptr);
  lacks_file_.store(false, std::memory_order_relaxed);
  identities_.clear();
  // Not the levels: what is logged now waits for the next configuration.
  forest_ = std::move(unconfigured);
  if (const Hooks* const others = hooks.load(std::memory_order_acquire)) others->stopped();
}

void Engine::finish() {
  {
    const std::lock_guard lock{life_mutex_};
    if (!is_running() && exchange_.queued_slots() > 0) drain_here();
  }
  shutdown();
}

/// So late, or where there could be no thread before, none is to be had.
void Engine::drain_here() {
  const sink::WriteSignalGuard guard;
  consumer_ = std::make_unique<Consumer>(exchange_, counters_, forest_, file_.get());
  Command command{[this] { stop_consumer(); }, {}, false};
  exchange_.send(command);
  consumer_->run(0);
  consumer_.reset();
}

Stats Engine::stats() const {
  Stats stats;
  stats.dropped = exchange_.dropped();
  const Counts counts = counters_.get();
  stats.failed = counts.failed;
  stats.pending = counts.pending;
  stats.accepted = counts.consumed + stats.dropped;
  stats.written = counts.consumed - counts.failed - counts.pending;
  stats.queued_slots = exchange_.queued_slots();
  stats.recovered = recovered_.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace xylem::drain
