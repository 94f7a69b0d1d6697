// One config for each environment: configs/development.json, configs/staging.json,
// configs/production.json. APP_ENV chooses; the program is the same.

#include <cstdio>

#include <fmt/core.h>

#include <xylem/xylem.hpp>

int main() try {
  const std::string file = xylem::configure_env("configs");
  const xylem::Logger log = xylem::get_logger("my_app");
  XYLEM_DEBUG(log, "configured by {}", file);
  XYLEM_INFO(log, "ready");
  XYLEM_ERROR(log, "the disk is nearly full");
} catch (const xylem::ConfigError& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}

// $ environment
//   [DEBUG|my_app|environment|L...] ...: configured by configs/development.json
//   [INFO|my_app|environment|L...] ...: ready
//   [ERROR|my_app|environment|L...] ...: the disk is nearly full
// $ APP_ENV=production environment
//   [ERROR|environment|L...] ...: the disk is nearly full
// $ wc -l < logs/my_app.log.jsonl
//   2
// $ APP_ENV=prodution environment
//   APP_ENV is 'prodution', and there is no such configuration. Did you mean 'production'? There are: ... (in configs)
//   [1]
