#pragma once
/// @file
/// Reading a document with the key path at hand, so that every error can name its place.

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xylem/config.hpp>

#include "config/document.hpp"

namespace xylem::config {

/// Whether a string `ext://...` that stands for no plain value may stand where it was found.
/// CPython resolves it wherever it fetches a value from a dict; here only streams and classes can
/// be such objects. Those that are numbers or texts (externals.hpp) may stand anywhere.
enum class External { refused, allowed };

/// A value and the way to it. The document must outlive the cursor.
class Cursor {
 public:
  /// The top of a document, to which `cfg://` references below it refer.
  Cursor(const Value& value, std::string path)
      : value_(&value), path_(std::move(path)), document_(std::make_shared<Document>(value)) {}

  /// The top that this cursor comes from.
  Cursor top() const { return {document_->top, {}, document_}; }

  /// Another value in this place, which is kept as long as a cursor of the document is.
  Cursor with(Value value) const {
    return {document_->made.emplace_back(std::move(value)), path_, document_};
  }

  const Value& value() const noexcept { return *value_; }
  const std::string& path() const noexcept { return path_; }

  /// The members of an object.
  /// @throws ConfigError "Expected an object, got a string" when it is none
  const Object& object() const;

  bool contains(std::string_view key) const { return value_->find(key) != nullptr; }

  /// The member of that name, as CPython's dict access gives it: what a `cfg://` reference or an
  /// `ext://` name stands for. A referenced value has its own path, where a fault is to be mended.
  std::optional<Cursor> find(std::string_view key, External external = External::refused) const;

  /// What stands here, as CPython gives it when it fetches it from a dict or a list by index.
  Cursor converted(External external) const;

  /// The same without a look at the content, for what CPython does not convert.
  std::optional<Cursor> find_raw(std::string_view key) const;

  /// The item of a list, not converted either. `index` is within the list.
  Cursor item(std::size_t index) const;

  /// Every member of a section (formatters, filters, handlers, loggers), with its name, not
  /// converted. As in CPython an empty list or string will do for an empty section; it takes the
  /// items of another, or its characters, for names, and fails at the first that it comes to.
  /// @param kind  what a member is, as "handler"
  /// @throws ConfigError "Unable to configure handler 'a': Expected an object, got a string"
  std::vector<std::pair<std::string, Cursor>> section(std::string_view kind) const;

  /// What iterating over the value gives in Python: items, keys, or the characters of a string.
  /// @throws ConfigError "'int' object is not iterable"
  std::vector<std::pair<Value, std::string>> iterate() const;

  [[noreturn]] void fail(const std::string& message) const { throw ConfigError(message, path_); }

 private:
  /// What all cursors of a document share.
  struct Document {
    explicit Document(const Value& value) : top(value) {}
    const Value& top;
    std::list<Value> made;  // values that stand nowhere in the document
  };

  Cursor(const Value& value, std::string path, std::shared_ptr<Document> document)
      : value_(&value), path_(std::move(path)), document_(std::move(document)) {}
  Cursor member(std::string_view key, const Value& value) const;

  const Value* value_;
  std::string path_;
  std::shared_ptr<Document> document_;
};

/// The part of a string after `ext://`; none for anything else.
std::optional<std::string_view> external_name(const Value& value) noexcept;

/// The same for `cfg://`.
std::optional<std::string_view> reference_of(const Value& value) noexcept;

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
