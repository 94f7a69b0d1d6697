#include "config/memory_handler.hpp"

#include <optional>
#include <string>

#include "config/levels.hpp"
#include "config/limit.hpp"
#include "config/python_text.hpp"
#include "config/references.hpp"

namespace xylem::config {
namespace {

/// What CPython finds out at the first record: it compares `integer >= value`.
std::int64_t compared_with(const Cursor& limit) {
  if (const std::optional<std::int64_t> number = limit_of(limit.value())) return *number;
  limit.fail("'>=' not supported between instances of 'int' and '" +
             std::string(python_type(limit.value())) + "'");
}

std::size_t read_target(const Cursor& target, const HandlerScope& scope) {
  const std::string complaint = "Unable to set target handler " + python_repr(target.value());
  const auto* name = target.value().get_if<std::string>();
  if (name == nullptr || scope.section.find(*name) == nullptr) target.fail(complaint);
  const std::optional<std::size_t> index = find_named(scope.built, target.value());
  if (!index) {
    throw NotConfiguredYet{complaint + ": target not configured yet", target.path()};
  }
  return *index;
}

}  // namespace

HandlerKind read_memory_handler(const Cursor& config, const HandlerScope& scope) {
  // Names are dictConfig's to resolve: to the class itself, which "()" calls, they mean nothing.
  const bool has_names = !config.contains("()");
  MemoryPlan plan;
  if (const std::optional<Cursor> level = config.find("flushLevel")) {
    plan.flush_level = has_names ? level_of(*level) : clamped_level(compared_with(*level));
  }
  if (const std::optional<Cursor> target = config.find("target")) {
    if (has_names) {
      plan.target = read_target(*target, scope);
    } else if (target->value().truthy()) {
      target->fail("'" + std::string(python_type(target->value())) +
                   "' object has no attribute 'handle'");
    }
  }
  if (const std::optional<Cursor> capacity = config.find("capacity")) {
    plan.capacity = compared_with(*capacity);
  }
  plan.flush_on_close = read_flag(config, "flushOnClose", true);
  return plan;
}

bool set_attribute(MemoryPlan& plan, std::string_view name, const Cursor& value) {
  if (name == "capacity") {
    plan.capacity = compared_with(value);
  } else if (name == "flushLevel") {
    plan.flush_level = clamped_level(compared_with(value));
  } else if (name == "flushOnClose") {
    plan.flush_on_close = value.value().truthy();
  } else {
    return false;
  }
  return true;
}

}  // namespace xylem::config
