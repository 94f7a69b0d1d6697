#pragma once
/// @file
/// Values in Python's words, so that messages are those of CPython.

#include <string>
#include <string_view>

#include "config/document.hpp"

namespace xylem::config {

/// repr(): strings quoted and escaped, None, True, 1.0, lists and dicts.
std::string python_repr(const Value& value);
std::string python_repr(std::string_view text);

/// str(): a string as it is, anything else as repr().
std::string python_str(const Value& value);

/// The name of the type: "NoneType", "bool", "int", "float", "str", "list", "dict".
std::string_view python_type(const Value& value) noexcept;

/// What an operator calls the type: "null", "a boolean", "a string", "an object" ...
std::string_view json_type_name(const Value& value) noexcept;

/// Whether dictConfig takes the key for a keyword argument: a letter or '_', then these or digits,
/// all ASCII.
bool is_identifier(std::string_view key) noexcept;

}  // namespace xylem::config
