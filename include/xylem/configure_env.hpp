#pragma once
/// @file
/// One configuration for each environment: `configs/development.json`, `configs/production.json`.

#include <string>

namespace xylem {

/// Configures the default engine, as configure_file() does, from the file in `directory` that is
/// named after the environment variable APP_ENV: with APP_ENV=production the first there is of
/// production.json, production.yaml and production.yml. Not set, or empty, it stands for
/// "development". A name with a '/' is refused: the variable chooses among the files of the
/// directory.
///
/// Reads the environment as getenv(3) does, so call it before another thread changes that.
///
/// @return the file that was taken
/// @throws ConfigError as configure_file(), and when there is no such file:
///         `APP_ENV is 'prodution', and there is no such configuration. Did you mean 'production'?
///         There are: development, production, staging (in configs)`
std::string configure_env(const std::string& directory);

}  // namespace xylem
