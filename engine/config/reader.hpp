#pragma once
/// @file
/// Reading a document with the key path at hand, so that every error can name its place.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xylem/config.hpp>

#include "config/document.hpp"

namespace xylem::config {

/// Whether a string `ext://...` may stand where it was found. CPython resolves it wherever it
/// fetches a value from a dict; here only streams and class names can be such objects.
enum class External { refused, allowed };

/// A value and the way to it. The document must outlive the cursor.
class Cursor {
 public:
  Cursor(const Value& value, std::string path) : value_(&value), path_(std::move(path)) {}

  const Value& value() const noexcept { return *value_; }
  const std::string& path() const noexcept { return path_; }

  /// The members of an object.
  /// @throws ConfigError "Expected an object, got a string" when it is none
  const Object& object() const;

  bool contains(std::string_view key) const { return value_->find(key) != nullptr; }

  /// The member of that name, as CPython's dict access gives it: `cfg://` references and, unless
  /// allowed, `ext://` objects are refused.
  std::optional<Cursor> find(std::string_view key, External external = External::refused) const;

  /// The same without a look at the content, for what CPython does not convert.
  std::optional<Cursor> find_raw(std::string_view key) const;

  /// Every member of a section (formatters, filters, handlers, loggers), with its name. As in
  /// CPython an empty list or string will do for an empty section.
  std::vector<std::pair<std::string, Cursor>> section() const;

  /// What iterating over the value gives in Python: items, keys, or the characters of a string.
  /// @throws ConfigError "'int' object is not iterable"
  std::vector<std::pair<Value, std::string>> iterate() const;

  [[noreturn]] void fail(const std::string& message) const { throw ConfigError(message, path_); }

 private:
  Cursor member(std::string_view key, const Value& value) const;
  void check_conversion(External external) const;

  const Value* value_;
  std::string path_;
};

/// The part of a string after `ext://`; none for anything else.
std::optional<std::string_view> external_name(const Value& value) noexcept;

/// Fails at the member, or at the owner when there is none.
[[noreturn]] void fail_at(const Cursor& owner, std::string_view key, const std::string& message);

/// Truth of the member, by Python's rule; `fallback` when there is none.
bool read_flag(const Cursor& owner, std::string_view key, bool fallback);

/// Runs `read` and puts `what` before the message of an error, as CPython chains causes.
template <typename Read>
auto in_context(const std::string& what, Read&& read) {
  try {
    return read();
  } catch (const ConfigError& error) {
    throw ConfigError(what + ": " + error.message(), error.path());
  }
}

}  // namespace xylem::config
