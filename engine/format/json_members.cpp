#include "format/json_members.hpp"

#include <algorithm>

#include "format/json_member_list.hpp"
#include "format/percent.hpp"

namespace xylem::format {
namespace {

using record::View;

JsonMember::Source resolve(std::string_view name, const View& view) {
  // A field may hide an attribute only where Python lets it: not at all. The time stamp is no
  // attribute there: once it stands in the line, another one is a field.
  const auto attribute = find_attribute(name);
  if (attribute && *attribute != Attribute::timestamp) return *attribute;
  JsonMember::Source value;
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

  JsonMemberList members;
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
