#pragma once
/// @file
/// The handler classes: what each takes, and what it makes of it. A new class is a new row here.

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

}  // namespace xylem::config
