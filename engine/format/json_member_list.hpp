#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "format/json_members.hpp"

/// What the layouts of JSON lines share.
namespace xylem::format {

inline bool has_exception(const record::View& view) {
  if (view.foreign != nullptr) return view.foreign->exc_text.has_value();
  return std::any_of(view.site->arguments.begin(), view.site->arguments.end(),
                     [](const auto& argument) { return argument.kind == record::Kind::exception; });
}

inline bool has_stack(const record::View& view) {
  if (view.foreign != nullptr) return view.foreign->stack_info.has_value();
  return std::any_of(view.site->arguments.begin(), view.site->arguments.end(),
                     [](const auto& argument) { return argument.kind == record::Kind::stack; });
}

/// The record's fields in order: calls visit(key, index).
template <typename F>
void for_each_field(const record::View& view, F&& visit) {
  if (view.foreign != nullptr) {
    for (std::size_t i = 0; i < view.foreign->extras.size(); ++i) {
      visit(std::string_view{view.foreign->extras[i].key}, i);
    }
    return;
  }
  for (std::size_t i = 0; i < view.site->arguments.size(); ++i) {
    if (view.site->arguments[i].is_field) visit(std::string_view{view.site->arguments[i].key}, i);
  }
}

/// A dict: setting a key that stands already keeps its place.
class JsonMemberList {
 public:
  void set(std::string_view key, JsonMember::Source value) { put({key, value}); }
  void set_text(std::string_view key, std::string json) { put({key, JsonText{}, std::move(json)}); }

  void put(JsonMember member) {
    const auto found = find(member.key);
    if (found == members_.end()) {
      members_.push_back(std::move(member));
    } else {
      *found = std::move(member);
    }
  }

  bool contains(std::string_view key) { return find(key) != members_.end(); }

  std::vector<JsonMember> take() { return std::move(members_); }

 private:
  std::vector<JsonMember>::iterator find(std::string_view key) {
    return std::find_if(members_.begin(), members_.end(),
                        [key](const JsonMember& member) { return member.key == key; });
  }

  std::vector<JsonMember> members_;
};

}  // namespace xylem::format
