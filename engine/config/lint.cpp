#include "config/lint.hpp"

#include "config/lint_checks.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

using Check = void (*)(const Linted& linted, Warnings& warnings);

/// These read the document itself.
constexpr Check checks_of_document[] = {
    check_ignored_keys,
    check_string_booleans,
    check_two_roots,
};

/// These need the whole of a configuration, which an incremental one is not.
constexpr Check checks_of_plan[] = {
    check_loggers_without_handlers,
    check_levels_of_loggers,
    check_levels_of_handlers,
    check_ignored_levels,
    check_recorders,
    check_unused,
    check_shared_files,
    check_rollover,
    check_directories,
};

}  // namespace

std::vector<Warning> lint(const Value& document, const Plan& plan) {
  const record::WithLevelNames named{plan.engine.level_names};
  const Linted linted{document, plan, view_loggers(plan)};
  Warnings warnings;
  for (const Check check : checks_of_document) check(linted, warnings);
  const Value* const incremental = document.find("incremental");
  if (incremental == nullptr || !incremental->truthy()) {
    for (const Check check : checks_of_plan) check(linted, warnings);
  }
  return warnings.take();
}

}  // namespace xylem::config
