#pragma once
/// @file
/// The answer to "where is my log?".

#include <string>
#include <string_view>

#include "config/plan.hpp"

namespace xylem::config {

/// Which handlers get a record of that logger and level and why the others do not, then what is
/// asked most: why there is no output, why it comes twice, and why a file does not roll over. Looks
/// at the files of the handlers from the current directory.
/// @param logger as for get_logger()
std::string answer(const Plan& plan, std::string_view logger, int level);

}  // namespace xylem::config
