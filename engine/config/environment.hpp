#pragma once
/// @file
/// One configuration for each place where a program runs, and an environment variable that names
/// the place.

#include <string>

namespace xylem::config {

/// The file in `directory` that is named after the variable APP_ENV, or after "development" when
/// it is not set or empty: the first there is of NAME.json, NAME.yaml and NAME.yml. Reads the
/// environment, so no other thread may change it meanwhile.
/// @throws xylem::ConfigError naming the directory, the variable and the names that exist
std::string file_for_environment(const std::string& directory);

}  // namespace xylem::config
