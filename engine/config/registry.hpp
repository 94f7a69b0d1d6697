#pragma once
/// @file
/// The names that a program has given to classes of the engine.

#include <optional>
#include <string>
#include <string_view>

#include "config/document.hpp"
#include "config/reader.hpp"

namespace xylem::config {

enum class Part { formatter, filter, handler };

/// Makes `name` stand for the class `target` with `defaults` for its arguments. See
/// xylem/registry.hpp. Thread-safe; takes no lock, so that a child of fork() finds none taken.
/// @param is_class whether the engine has a class of this name
void add_alias(Part part, std::string_view name, std::string_view target, Value defaults,
               bool (*is_class)(std::string_view));

/// The configuration of a formatter, filter or handler that names its class by a registered name.
struct Aliased {
  std::string name;
  /// As it reads without the name: the class it stands for, and its defaults behind the keys that
  /// are given.
  Cursor plain;
};

/// None for a configuration that does not.
std::optional<Aliased> without_alias(Part part, const Cursor& config);

/// The plan that `read` makes of a configuration, under the name that stands there.
template <typename Read>
auto read_part(Part part, const Cursor& config, Read&& read) {
  const std::optional<Aliased> aliased = without_alias(part, config);
  auto plan = read(aliased ? aliased->plain : config);
  if (aliased) plan.class_name = aliased->name;
  return plan;
}

}  // namespace xylem::config
