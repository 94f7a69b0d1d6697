#pragma once

#include <string>
#include <typeinfo>
#include <vector>

namespace xylem::call {

/// An exception as it is handled.
struct Thrown {
  const std::type_info* type = nullptr;  // null: of another language
  const void* object = nullptr;
  std::string text;  // what(), or the value where that is known; may be empty
};

/// The exception being handled and those nested in it, outermost first. Empty when none is.
std::vector<Thrown> thrown_exceptions();

/// "type: what()" of each.
std::vector<std::string> describe_exception();

}  // namespace xylem::call
