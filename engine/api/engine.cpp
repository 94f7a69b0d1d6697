#include "drain/engine.hpp"

#include <atomic>

#include <xylem/engine.hpp>
#include <xylem/xylem.hpp>

#include "api/configure.hpp"
#include "api/engine_levels.hpp"
#include "config/dict_config.hpp"

namespace xylem {
namespace {

constinit std::atomic<route::EngineNumber> last_number{0};

}  // namespace

Engine::Engine() : number_{last_number.fetch_add(1, std::memory_order_relaxed) + 1} {}

Engine::Engine(const std::string& file) : Engine{} {
  configure_file(file);
}

Engine::~Engine() {
  if (drain::Engine* const pipeline = drain::Engine::existing()) pipeline->retire(number_);
}

Logger Engine::get_logger(std::string_view name) const {
  return Logger{detail::logger_state(name, number_)};
}

void Engine::configure_file(const std::string& file) {
  api::configure(number_, config::parse_file(file));
}

void Engine::configure(std::string_view json_text) {
  api::configure(number_, config::parse(json_text));
}

void Engine::set_level(std::string_view logger, Level level) {
  api::set_level(number_, logger, level);
}

void Engine::set_level_below(std::string_view logger, Level level) {
  api::set_level_below(number_, logger, level);
}

Level Engine::effective_level(std::string_view logger) const {
  return api::effective_level(number_, logger);
}

void Engine::flush() const {
  xylem::flush();
}

}  // namespace xylem
