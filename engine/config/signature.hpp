#pragma once
/// @file
/// Class names and keyword arguments: what Python checks when dictConfig calls a class.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "config/reader.hpp"

namespace xylem::config {

/// The constructor of a class.
struct Signature {
  /// As Python names it in messages: the class that defines the constructor.
  std::string_view owner;
  std::span<const std::string_view> arguments;
  /// Those without a default.
  std::span<const std::string_view> required = {};
  /// Of a handler: one that takes no `stream` is called again with `strm`, an old name of it, so
  /// that this is what it refuses, and after all others.
  bool is_handler = false;
};

/// Checks the members of `config` as keyword arguments: identifiers first, then unexpected ones,
/// then missing ones.
/// @param taken  keys that dictConfig takes out before the call
/// @param extra  keys that the class takes beside the arguments of its constructor
void check_arguments(const Cursor& config, const Signature& signature,
                     std::span<const std::string_view> taken,
                     std::span<const std::string_view> extra = {});

/// The class of a table (anything with a `name`) that the member `key` names.
/// @throws ConfigError "Cannot resolve 'myapp.handlers.Foo'"
template <typename Class>
const Class& resolve_class(const Cursor& config, std::string_view key,
                           std::span<const Class> table);

/// The dotted name that the member holds, with or without `ext://` before it.
/// @throws ConfigError "Cannot resolve 5" when it is not a string
std::string class_name_of(const Cursor& config, std::string_view key);

/// @throws ConfigError "Cannot resolve 'NAME'"; for a class of CPython, with a word that it is the
///         class that is not available here, not the spelling that is wrong
[[noreturn]] void fail_unresolved(const Cursor& config, std::string_view key,
                                  const std::string& name);

/// The member ".", by which CPython sets attributes, for classes that have none to set here. Those
/// that CPython's class does not look at may be set, to no effect.
/// @param used attributes that it does look at
/// @throws ConfigError "Cannot set attribute 'converter'"
void refuse_attributes(const Cursor& config, std::span<const std::string_view> used);

/// Whether the table (of anything with a `name`) has a class of this name.
template <typename Class>
bool has_class(std::span<const Class> table, std::string_view name) {
  return std::any_of(table.begin(), table.end(),
                     [name](const Class& entry) { return entry.name == name; });
}

template <typename Class>
const Class& resolve_class(const Cursor& config, std::string_view key,
                           std::span<const Class> table) {
  const std::string name = class_name_of(config, key);
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&name](const Class& entry) { return entry.name == name; });
  if (found == table.end()) fail_unresolved(config, key, name);
  return *found;
}

}  // namespace xylem::config
