#include "config/reader.hpp"

#include <algorithm>

#include "config/cfg_reference.hpp"
#include "config/externals.hpp"
#include "config/python_text.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

bool is_word(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string bracketed(std::string_view key) {
  const std::string quoted = python_repr(key);
  return "[" + quoted.substr(1, quoted.size() - 2) + "]";
}

/// The rest of a string of the form `scheme://rest`, by the pattern `^[a-z]+://.*$`, in which the
/// dot stands for no line break.
std::optional<std::string_view> after_scheme(const Value& value, std::string_view scheme) noexcept {
  const std::string* text = value.get_if<std::string>();
  if (text == nullptr || text->rfind(scheme, 0) != 0) return std::nullopt;
  const std::string_view rest = std::string_view(*text).substr(scheme.size());
  const std::size_t line_break = rest.find('\n');
  if (line_break == std::string_view::npos) return rest;
  if (line_break + 1 != rest.size()) return std::nullopt;
  return rest.substr(0, line_break);
}

}  // namespace

std::optional<std::string_view> external_name(const Value& value) noexcept {
  return after_scheme(value, "ext://");
}

std::optional<std::string_view> reference_of(const Value& value) noexcept {
  return after_scheme(value, "cfg://");
}

void fail_at(const Cursor& owner, std::string_view key, const std::string& message) {
  owner.find_raw(key).value_or(owner).fail(message);
}

const Object& Cursor::object() const {
  const Object* members = value_->get_if<Object>();
  if (members == nullptr) {
    fail("Expected an object, got " + std::string(json_type_name(*value_)));
  }
  return *members;
}

Cursor Cursor::member(std::string_view key, const Value& value) const {
  std::string path = path_;
  if (!is_word(key)) {
    path += bracketed(key);
  } else {
    if (!path.empty()) path += '.';
    path += key;
  }
  return {value, std::move(path), document_};
}

Cursor Cursor::item(std::size_t index) const {
  return {(*value_->get_if<List>())[index], path_ + "[" + std::to_string(index) + "]", document_};
}

std::optional<Cursor> Cursor::find_raw(std::string_view key) const {
  const Value* value = value_->find(key);
  if (value == nullptr) return std::nullopt;
  return member(key, *value);
}

Cursor Cursor::converted(External external) const {
  Cursor found = reference_of(*value_) ? follow_reference(*this) : *this;
  const auto name = external_name(found.value());
  if (!name) return found;
  if (auto value = find_external(*name)) return found.with(*std::move(value));
  if (external == External::refused) found.fail("Cannot resolve " + python_repr(*name));
  return found;
}

std::optional<Cursor> Cursor::find(std::string_view key, External external) const {
  const std::optional<Cursor> found = find_raw(key);
  return found ? std::optional(found->converted(external)) : std::nullopt;
}

std::vector<std::pair<std::string, Cursor>> Cursor::section(std::string_view kind) const {
  std::vector<std::pair<std::string, Cursor>> members;
  const bool is_sequence = value_->get_if<List>() != nullptr || value_->get_if<std::string>();
  if (is_sequence && !value_->truthy()) return members;
  if (is_sequence) {
    std::vector<std::string> names;
    for (const auto& [item, path] : iterate()) names.push_back(python_repr(item));
    // Those of handlers are sorted. Names of one kind sort as what shows them does.
    const std::string& first =
        kind == "handler" ? *std::min_element(names.begin(), names.end()) : names.front();
    in_context("Unable to configure " + std::string(kind) + ' ' + first, [this] { object(); });
  }
  for (const auto& [key, value] : object()) {
    members.emplace_back(key, member(key, value));
  }
  return members;
}

namespace {

/// Not in one expression: g++ 12 would take the temporary value for an uninitialized one.
void add(std::vector<std::pair<Value, std::string>>& items, std::string text, std::string path) {
  Value value{Value::Data(std::in_place_type<std::string>, std::move(text))};
  items.emplace_back(std::move(value), std::move(path));
}

}  // namespace

std::vector<std::pair<Value, std::string>> Cursor::iterate() const {
  std::vector<std::pair<Value, std::string>> items;
  if (const List* list = value_->get_if<List>()) {
    for (const Value& item : *list) {
      items.emplace_back(item, path_ + "[" + std::to_string(items.size()) + "]");
    }
  } else if (const Object* members = value_->get_if<Object>()) {
    for (const auto& entry : *members) {
      add(items, entry.first, member(entry.first, entry.second).path());
    }
  } else if (const std::string* text = value_->get_if<std::string>()) {
    const char* const end = text->data() + text->size();
    for (const char* at = text->data(); at < end;) {
      const unsigned length = format::decode_utf8(at, end).length;
      add(items, std::string(at, length), path_);
      at += length;
    }
  } else {
    fail("'" + std::string(python_type(*value_)) + "' object is not iterable");
  }
  return items;
}

bool read_flag(const Cursor& owner, std::string_view key, bool fallback) {
  const std::optional<Cursor> flag = owner.find(key);
  return flag ? flag->value().truthy() : fallback;
}

}  // namespace xylem::config
