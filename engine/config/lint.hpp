#pragma once
/// @file
/// What CPython takes without a word and an operator would want to know.

#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/plan.hpp"

namespace xylem::config {

struct Warning {
  /// What is odd, and what to do about it.
  std::string message;
  /// Keys from the top of the document to the place.
  std::string path;
};

/// Looks for what is accepted and hardly meant: keys that are ignored, strings for booleans,
/// loggers without handlers, levels that nothing can reach, definitions that nothing uses, files
/// that two handlers write, that do not roll over, or that cannot be made. Looks at the file system
/// from the current directory, as the calling user, and changes nothing.
/// @param document the one that `plan` was made from
std::vector<Warning> lint(const Value& document, const Plan& plan);

}  // namespace xylem::config
