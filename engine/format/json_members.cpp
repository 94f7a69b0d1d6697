#include "format/json_members.hpp"

#include <algorithm>

#include "format/percent.hpp"

namespace xylem::format {
namespace {

using record::View;

bool has_exception(const View& view) {
  if (view.foreign != nullptr) return view.foreign->exc_text.has_value();
  return std::any_of(view.site->arguments.begin(), view.site->arguments.end(),
                     [](const auto& argument) { return argument.kind == record::Kind::exception; });
}

bool has_stack(const View& view) {
  return view.foreign != nullptr && view.foreign->stack_info.has_value();
}

/// The record's fields in order: calls visit(key, index).
template <typename F>
void for_each_field(const View& view, F&& visit) {
  if (view.foreign != nullptr) {
    for (std::size_t i = 0; i < view.foreign->extras.size(); ++i) {
      visit(view.foreign->extras[i].key, i);
    }
    return;
  }
  for (std::size_t i = 0; i < view.site->arguments.size(); ++i) {
    if (view.site->arguments[i].is_field) visit(std::string_view{view.site->arguments[i].key}, i);
  }
}

/// A dict: setting a key that stands already keeps its place.
class Members {
 public:
  void set(std::string_view key, std::variant<Attribute, std::size_t> value) {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [key](const JsonMember& member) { return member.key == key; });
    if (found == members_.end()) {
      members_.push_back({key, value});
    } else {
      found->value = value;
    }
  }

  std::vector<JsonMember> take() { return std::move(members_); }

 private:
  std::vector<JsonMember> members_;
};

std::variant<Attribute, std::size_t> resolve(std::string_view name, const View& view) {
  // A field may hide an attribute only where Python lets it: not at all. The time stamp is no
  // attribute there: once it stands in the line, another one is a field.
  const auto attribute = find_attribute(name);
  if (attribute && *attribute != Attribute::timestamp) return *attribute;
  std::variant<Attribute, std::size_t> value;
  bool found = false;
  for_each_field(view, [&](std::string_view key, std::size_t index) {
    if (key == name) {
      value = index;
      found = true;
    }
  });
  if (!found) {
    throw FormatError{"'LogRecord' object has no attribute '" + std::string{name} + "'"};
  }
  return value;
}

}  // namespace

std::vector<JsonMember> list_members(
    const std::vector<std::pair<std::string, std::string>>& fmt_keys, const View& view) {
  std::vector<std::pair<std::string_view, Attribute>> always = {
      {"message", Attribute::message}, {"timestamp", Attribute::timestamp}};
  if (has_exception(view)) always.emplace_back("exc_info", Attribute::exc_info);
  if (has_stack(view)) always.emplace_back("stack_info", Attribute::stack_info);

  Members members;
  for (const auto& [key, name] : fmt_keys) {
    const auto mapped = std::find_if(always.begin(), always.end(),
                                     [&name = name](const auto& a) { return a.first == name; });
    if (mapped != always.end()) {
      members.set(key, mapped->second);
      always.erase(mapped);
    } else {
      members.set(key, resolve(name, view));
    }
  }
  for (const auto& [key, attribute] : always) members.set(key, attribute);
  for_each_field(view, [&](std::string_view key, std::size_t index) { members.set(key, index); });
  return members.take();
}

}  // namespace xylem::format
