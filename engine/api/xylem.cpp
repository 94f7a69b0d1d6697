#include <xylem/xylem.hpp>

#include "api/configure.hpp"
#include "config/dict_config.hpp"
#include "config/environment.hpp"
#include "drain/engine.hpp"
#include "drain/producer.hpp"

namespace xylem {
void configure_file(const std::string& file) {
  api::configure(0, config::parse_file(file));
}

std::string configure_env(const std::string& directory) {
  std::string file = config::file_for_environment(directory);
  configure_file(file);
  return file;
}

void configure(std::string_view json_text) {
  api::configure(0, config::parse(json_text));
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
