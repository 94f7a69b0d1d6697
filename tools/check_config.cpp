#include "check_config.hpp"

#include <cstdio>
#include <vector>

#include <fmt/format.h>

#include <xylem/config.hpp>

#include "config/describe.hpp"
#include "config/dict_config.hpp"
#include "config/lint.hpp"
#include "config/reach_answer.hpp"
#include "config/yaml.hpp"
#include "level_option.hpp"
#include "record/level_names.hpp"

namespace xylem::tools {
namespace {

int level_in(const config::Plan& plan, const std::string& text) {
  const record::WithLevelNames named{plan.engine.level_names};
  return static_cast<int>(level_option(text));
}

}  // namespace

int check(const CheckOptions& options) {
  const std::string text = config::read_file(options.config);
  const config::Plan plan = config::parse(text, options.config);
  fmt::print("{}", options.logger
                       ? config::answer(plan, *options.logger, level_in(plan, options.level))
                       : config::describe(plan));
  std::fflush(stdout);
  const std::vector<config::Warning> warnings =
      config::lint(config::parse_source(text, options.config), plan);
  for (const config::Warning& warning : warnings) {
    // In the form of an error, which is what it may become.
    const ConfigError shown{warning.message, warning.path, options.config};
    fmt::print(stderr, "xylem: warning: {}\n", shown.what());
  }
  return options.is_strict && !warnings.empty() ? 1 : 0;
}

}  // namespace xylem::tools
