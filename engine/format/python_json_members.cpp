#include "format/python_json_members.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "format/json_member_list.hpp"

namespace xylem::format {
namespace {

using record::View;

/// What a record of CPython 3.12 or later has before its fields, in order.
constexpr std::array<std::string_view, 21> attributes = {
    "name",        "msg",     "args",     "levelname",       "levelno",    "pathname",
    "filename",    "module",  "exc_info", "exc_text",        "stack_info", "lineno",
    "funcName",    "created", "msecs",    "relativeCreated", "thread",     "threadName",
    "processName", "process", "taskName"};

/// Texts of their own, under their own rule.
bool is_trace(std::string_view name) {
  return name == "exc_info" || name == "exc_text" || name == "stack_info";
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// An attribute of the record, else a field of that name, else null.
JsonMember::Source value_of(std::string_view name, const View& view) {
  const auto attribute = find_attribute(name);
  // The time stamp is no attribute in Python.
  if (attribute && *attribute != Attribute::timestamp) return *attribute;
  JsonMember::Source value = JsonConstant{"null"};
  for_each_field(view, [&](std::string_view key, std::size_t index) {
    if (key == name) value = index;
  });
  return value;
}

}  // namespace

std::vector<std::string> python_json_reserved() {
  std::vector<std::string> names(attributes.begin(), attributes.end());
  names.insert(names.end(), {"message", "asctime"});
  return names;
}

std::vector<JsonMember> list_members(const PythonJsonLayout& layout, const View& view) {
  const auto renamed = [&layout](std::string_view name) -> std::string_view {
    const auto found = std::find_if(layout.rename_fields.begin(), layout.rename_fields.end(),
                                    [name](const auto& entry) { return entry.first == name; });
    return found == layout.rename_fields.end() ? name : std::string_view{found->second};
  };
  JsonMemberList members;
  for (const auto& [key, json] : layout.defaults) members.set(renamed(key), JsonConstant{json});
  for (const std::string& name : layout.required) {
    members.set(renamed(name), value_of(name, view));
  }
  for (const auto& [key, json] : layout.static_fields) {
    members.set(renamed(key), JsonConstant{json});
  }
  if (has_exception(view)) members.set(renamed("exc_info"), Attribute::exc_info);
  if (has_stack(view)) members.set(renamed("stack_info"), Attribute::stack_info);
  const auto is_left_out = [&layout](std::string_view name) {
    return name.starts_with('_') || has(layout.required, name) || has(layout.reserved, name);
  };
  for (const std::string_view name : attributes) {
    if (!is_trace(name) && !is_left_out(name)) members.set(renamed(name), value_of(name, view));
  }
  for_each_field(view, [&](std::string_view key, std::size_t index) {
    if (!is_left_out(key)) members.set(renamed(key), index);
  });
  if (!is_left_out("message")) members.set(renamed("message"), Attribute::message);
  if (!layout.timestamp.empty()) members.set(renamed(layout.timestamp), Attribute::timestamp);
  if (layout.keeps_missing) {
    for (const auto& [name, key] : layout.rename_fields) {
      if (!members.contains(key)) members.set(key, JsonConstant{"null"});
    }
  }
  return members.take();
}

}  // namespace xylem::format
