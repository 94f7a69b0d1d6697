#pragma once
/// @file
/// The handler classes: what each takes, and what it makes of it. A new class is a new row here.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/plan.hpp"
#include "config/reader.hpp"
#include "config/signature.hpp"

namespace xylem::config {

/// What a handler that refers to handlers can see.
struct HandlerScope {
  /// The whole section: names that will exist.
  const Value& section;
  /// Those that exist already.
  const std::vector<HandlerPlan>& built;
};

/// A handler refers to one that is not built yet. No ConfigError, so that no context wraps it.
struct NotConfiguredYet {
  std::string message;
  std::string path;
};

struct HandlerClass {
  std::string_view name;
  Signature signature;
  /// Keys that dictConfig itself handles when the class is named by "class".
  std::span<const std::string_view> class_keys;
  /// dictConfig resolves those keys before it looks at the others.
  bool resolves_first;
  HandlerKind (*read)(const Cursor& config, const HandlerScope& scope);
};

std::span<const HandlerClass> handler_classes();

/// What all handlers of files take: filename, mode, encoding, delay, errors.
/// @param mode  counts in the place of the member, which is not looked at then
FilePlan read_file_plan(const Cursor& config, std::optional<char> mode = std::nullopt);

/// `backupCount` of a file that may roll.
int read_backups(const Cursor& config);

/// A number that Python compares with integers, 0 when it is absent. A fraction is rounded up,
/// which no comparison of "integer >= limit" can tell from the limit itself.
std::int64_t read_count(const Cursor& config, std::string_view key);

/// Whether the engine has a handler of this dotted name.
bool is_handler_class(std::string_view name);

}  // namespace xylem::config
