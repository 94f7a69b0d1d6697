#include <xylem/xylem.hpp>

#include "config/build.hpp"
#include "config/dict_config.hpp"
#include "drain/engine.hpp"
#include "drain/producer.hpp"
#include "route/loggers.hpp"

namespace xylem {
namespace {

drain::Settings to_settings(const config::EnginePlan& plan) {
  const bool wants_tsc = plan.clock == config::ClockSource::tsc;
  return {
      .ring_slots = plan.ring_slots,
      .when_full =
          plan.when_full == config::WhenFull::drop ? drain::WhenFull::drop : drain::WhenFull::block,
      .clock = wants_tsc && drain::has_invariant_tsc() ? drain::TickSource::tsc
                                                       : drain::TickSource::monotonic,
  };
}

void apply(const config::Plan& plan) {
  // One at a time: a plan builds on the tree that is in force.
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  drain::Engine& engine = drain::Engine::instance();
  engine.configure(config::build(plan, *engine.tree(), route::logger_names()),
                   to_settings(plan.engine));
}

}  // namespace

void configure_file(const std::string& file) {
  apply(config::parse_file(file));
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
