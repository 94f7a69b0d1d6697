#include <filesystem>
#include <mutex>
#include <system_error>

#include <xylem/xylem.hpp>

#include "config/build.hpp"
#include "config/dict_config.hpp"
#include "config/environment.hpp"
#include "config/incremental.hpp"
#include "drain/engine.hpp"
#include "drain/producer.hpp"
#include "fatal/handler.hpp"
#include "record/engine_thread.hpp"
#include "record/level_names.hpp"
#include "recover/recover.hpp"
#include "route/loggers.hpp"

namespace xylem {
namespace {

drain::TickSource to_source(config::ClockSource clock) {
  if (clock == config::ClockSource::coarse) return drain::TickSource::coarse;
  const bool wants_tsc = clock == config::ClockSource::tsc;
  return wants_tsc && drain::has_invariant_tsc() ? drain::TickSource::tsc
                                                 : drain::TickSource::monotonic;
}

drain::Settings to_settings(const config::EnginePlan& plan) {
  return {
      .ring_slots = plan.ring_slots,
      .when_full =
          plan.when_full == config::WhenFull::drop ? drain::WhenFull::drop : drain::WhenFull::block,
      .clock = to_source(plan.clock),
      .synchronous = plan.synchronous,
  };
}

drain::CrashSettings to_crash_settings(const config::Plan& plan) {
  std::error_code unresolved;
  const std::filesystem::path path =
      plan.source.empty() ? "" : std::filesystem::canonical(plan.source, unresolved);
  return {.directory = plan.engine.crash_dir, .identity = {path.string(), plan.hash}};
}

/// What processes that died left under this configuration comes before this one's own records.
std::uint64_t recover_leftovers(const drain::CrashSettings& crash, const route::Tree& tree) {
  if (crash.directory.empty()) return 0;
  try {
    return recover::recover({.directory = crash.directory,
                             .identity = crash.identity,
                             .working_directory = std::filesystem::current_path().string()},
                            tree)
        .recovered;
  } catch (const std::system_error&) {
    return 0;  // a directory that cannot be used: told when the crash file is to be made there
  }
}

void apply(const config::Plan& plan) {
  if (record::is_engine_thread()) {
    throw ConfigError{"A handler, formatter or filter cannot configure the engine that runs it"};
  }
  drain::Engine& engine = drain::Engine::instance();
  // One at a time: a plan builds on the tree that is in force.
  const std::lock_guard lock{engine.configuring()};
  const drain::CrashSettings crash = to_crash_settings(plan);
  if (plan.incremental) {
    const config::Change change = config::build_change(plan, *engine.tree());
    return engine.reroute(change.tree, change.levels);
  }
  // Before files are begun anew (mode 'w'): else lines of before would stand in them.
  engine.settle();
  const auto tree = config::build(plan, *engine.tree(), route::logger_names());
  // Now that nothing can fail any more.
  for (const record::LevelName& level : plan.engine.level_names) {
    record::add_level_name(level.number, level.name);
  }
  engine.count_recovered(recover_leftovers(crash, *tree));
  engine.configure(tree, to_settings(plan.engine), crash);
  if (plan.engine.signals) {
    fatal::install();
  } else {
    fatal::uninstall();
  }
}

}  // namespace

void configure_file(const std::string& file) {
  apply(config::parse_file(file));
}

std::string configure_env(const std::string& directory) {
  std::string file = config::file_for_environment(directory);
  configure_file(file);
  return file;
}

void configure(std::string_view json_text) {
  apply(config::parse(json_text));
}

void flush() {
  drain::Engine::instance().flush();
}

void shutdown() {
  drain::Engine::instance().shutdown();
}

Stats stats() {
  return drain::Engine::instance().stats();
}

void set_thread_name(std::string_view name) {
  drain::rename_this_thread(name);
}

}  // namespace xylem
