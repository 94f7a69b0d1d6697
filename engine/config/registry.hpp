#pragma once
/// @file
/// The names that a program has given to classes of the engine.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/document.hpp"
#include "config/own.hpp"
#include "config/reader.hpp"
#include "config/signature.hpp"

namespace xylem::config {

enum class Part { formatter, filter, handler };

/// Makes `name` stand for the class `target` with `defaults` for its arguments. See
/// xylem/registry.hpp. Thread-safe; takes no lock, so that a child of fork() finds none taken.
/// @param is_class whether the engine has a class of this name
void add_alias(Part part, std::string_view name, std::string_view target, Value defaults,
               bool (*is_class)(std::string_view));

/// Makes `name` stand for what a program's factory makes. See xylem/extend.hpp. As add_alias().
void add_own(std::string_view name, OwnFactory<Formatter> make);
void add_own(std::string_view name, OwnFactory<Filter> make);
void add_own(std::string_view name, OwnFactory<Handler> make);

/// The factory of that name; null when the engine's class of the name, if any, counts.
std::shared_ptr<const OwnFactory<Formatter>> own_formatter(std::string_view name);
std::shared_ptr<const OwnFactory<Filter>> own_filter(std::string_view name);
std::shared_ptr<const OwnFactory<Handler>> own_handler(std::string_view name);

/// The plan of a part that names a class of the program's own under `key`; none for any other.
template <typename Part>
std::optional<OwnPlan<Part>> read_own(
    const Cursor& config, std::string_view key,
    std::shared_ptr<const OwnFactory<Part>> (*find)(std::string_view name)) {
  const std::string name = class_name_of(config, key);
  std::shared_ptr<const OwnFactory<Part>> make = find(name);
  if (make == nullptr) return std::nullopt;
  return OwnPlan<Part>{std::move(make), name.substr(name.rfind('.') + 1),
                       read_own_arguments(config), config.path()};
}

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
