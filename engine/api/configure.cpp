#include "api/configure.hpp"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <xylem/config.hpp>

#include "config/build.hpp"
#include "config/incremental.hpp"
#include "config/shared_settings.hpp"
#include "drain/engine.hpp"
#include "fatal/handler.hpp"
#include "record/engine_thread.hpp"
#include "record/level_names.hpp"
#include "recover/recover.hpp"
#include "route/loggers.hpp"

namespace xylem::api {
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
std::uint64_t recover_leftovers(route::EngineNumber engine, const drain::CrashSettings& crash,
                                const route::Tree& tree) {
  if (crash.directory.empty()) return 0;
  try {
    return recover::recover({.directory = crash.directory,
                             .identity = crash.identity,
                             .working_directory = std::filesystem::current_path().string(),
                             .engine = engine},
                            tree)
        .recovered;
  } catch (const std::system_error&) {
    return 0;  // a directory that cannot be used: told when the crash file is to be made there
  }
}

/// The process' own settings that the last configuration had; null before the first. Guarded by
/// Engine::configuring(), which the child of a fork has anew. Never destroyed.
constinit const config::EnginePlan* settings_in_force = nullptr;

/// Whose word counts: the default engine's; before it is configured, that of an engine that is
/// alone.
config::Plan with_shared_settings(route::EngineNumber engine, const config::Plan& given,
                                  std::vector<route::EngineNumber> configured) {
  config::Plan plan = given;
  std::erase(configured, engine);
  if (configured.empty()) return plan;
  const config::EnginePlan& in_force = *settings_in_force;
  if (engine != 0) {
    config::check_shared(plan, in_force);
    plan.engine = config::with_shared(plan.engine, in_force);
    return plan;
  }
  if (plan.engine.crash_dir != in_force.crash_dir) {
    // Lines that other engines keep, and what their sinks have got, stand in the file there.
    throw ConfigError{"'crash_dir' cannot change while other engines are configured",
                      "xylem.ring.crash_dir", plan.source};
  }
  return plan;
}

void check_number(route::EngineNumber engine, const std::vector<route::EngineNumber>& configured,
                  const std::string& source) {
  const bool is_known = std::find(configured.begin(), configured.end(), engine) != configured.end();
  const bool has_default = !configured.empty() && configured.front() == 0;
  const std::size_t others = configured.size() - (has_default ? 1 : 0);
  if (engine == 0 || is_known || others < crash::max_engines - 1) return;
  throw ConfigError{"More than " + std::to_string(crash::max_engines - 1) + " engines", {}, source};
}

}  // namespace

void configure(route::EngineNumber engine, const config::Plan& given) {
  if (record::is_engine_thread()) {
    throw ConfigError{"A handler, formatter or filter cannot configure the engine that runs it"};
  }
  drain::Engine& pipeline = drain::Engine::instance();
  // One at a time: a plan builds on the tree that is in force.
  const std::lock_guard lock{pipeline.configuring()};
  const route::Forest forest = pipeline.forest();
  const route::Tree& former = *forest.tree(engine);
  if (given.incremental) {
    const config::Change change = config::build_change(given, former);
    return pipeline.reroute(engine, change.tree, change.levels);
  }
  const std::vector<route::EngineNumber> configured = pipeline.configured();
  check_number(engine, configured, given.source);
  const config::Plan plan = with_shared_settings(engine, given, configured);
  // Before files are begun anew (mode 'w'): else lines of before would stand in them.
  pipeline.settle();
  const drain::CrashSettings crash = to_crash_settings(plan);
  const auto tree = config::build(plan, former, route::logger_names(engine),
                                  {engine == 0, forest.streams_beside(engine)});
  // Now that nothing can fail any more.
  for (const record::LevelName& level : plan.engine.level_names) {
    record::add_level_name(level.number, level.name);
  }
  pipeline.count_recovered(recover_leftovers(engine, crash, *tree));
  pipeline.configure(engine, tree, to_settings(plan.engine), crash);
  // A shutdown puts the former dispositions back.
  pipeline.while_still(plan.engine.signals ? fatal::install : fatal::uninstall);
  delete std::exchange(settings_in_force, new config::EnginePlan{plan.engine});
}

}  // namespace xylem::api
