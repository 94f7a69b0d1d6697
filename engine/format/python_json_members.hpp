#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/json_members.hpp"

namespace xylem::format {

/// What the Python package python-json-logger (4.x) may be told of the objects it writes.
struct PythonJsonLayout {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Pairs defaults;                     // {key, JSON text}, before all else
  std::vector<std::string> required;  // attributes and fields, null where a record has none
  Pairs static_fields;                // {key, JSON text}
  Pairs rename_fields;                // {name, key in the output}
  bool keeps_missing = false;         // new names that nothing has stand as null, at the end
  std::vector<std::string> reserved;  // left out unless they are required
  std::string timestamp;              // key of the time; empty: none
};

/// The members of a record's object in order, by the rules of that package: defaults, required
/// ones, static ones, exc_info and stack_info where there are any, fields that neither are reserved
/// nor begin with '_', the time stamp. What comes later replaces a value of the same key in its
/// place. The keys refer to the layout and to the record.
std::vector<JsonMember> list_members(const PythonJsonLayout& layout, const record::View& view);

/// The attributes of CPython's records since 3.12: what is reserved by default.
std::vector<std::string> python_json_reserved();

}  // namespace xylem::format
