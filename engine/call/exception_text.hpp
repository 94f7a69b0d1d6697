#pragma once

#include <string>
#include <vector>

namespace xylem::call {

/// "type: what()" of the exception being handled and of those nested in it, outermost first. Empty
/// when none is.
std::vector<std::string> describe_exception();

}  // namespace xylem::call
