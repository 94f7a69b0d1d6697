#pragma once

#include <optional>
#include <string>

namespace xylem::tools {

struct CheckOptions {
  std::string config;
  bool is_strict = false;             // warnings make the status 1
  std::optional<std::string> logger;  // tell where its records go, instead of the whole plan
  std::string level = "INFO";         // of these records
};

/// Prints the plan of a config on standard output and what is odd about it on standard error; opens
/// none of its files. Returns the exit status. Throws ConfigError, and
/// std::invalid_argument for a level that there is not.
int check(const CheckOptions& options);

}  // namespace xylem::tools
