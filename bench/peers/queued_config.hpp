#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace xylem::bench {

/// What varies in the configuration.
struct QueuedConfig {
  std::filesystem::path file;
  std::int64_t max_bytes = std::int64_t{64} << 20;
  int backup_count = 3;
  std::string_view root_level = "DEBUG";
  std::string_view clock = "tsc";
  bool survives_crash = true;
};

/// The queued configuration of configs/: JSON Lines to a rotating file, warnings to stderr too.
std::string to_json(const QueuedConfig& config);

}  // namespace xylem::bench
