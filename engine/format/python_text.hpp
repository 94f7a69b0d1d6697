#pragma once

#include <string>
#include <string_view>

#include "record/value.hpp"

/// How Python shows values: str(), repr() and ascii().
namespace xylem::format {

/// Python's str() of the value; of a JSON value, that of what json.loads() makes of it. Throws
/// std::invalid_argument for JSON that is none.
std::string python_str(const record::Value& value);

/// Python's repr() of the value, or ascii(), which escapes all beyond ASCII.
std::string python_repr(const record::Value& value, bool ascii);

/// The name of the value's type: "NoneType", "bool", "int", "float", "str", "list", "dict".
std::string_view python_type(const record::Value& value);

/// What Python's json.loads() makes of a JSON text, as far as a Value can hold it: containers and
/// integers beyond 64 bits stay text. `scratch` keeps the bytes of a string. Throws
/// std::invalid_argument for JSON that is none.
record::Value value_of_json(std::string_view json, std::string& scratch);

}  // namespace xylem::format
