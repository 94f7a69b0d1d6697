#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// What the benchmarks share: a place for files, a configuration, and a check of what was written.
namespace xylem::bench {

/// A directory of its own below $XYLEM_BENCH_DIR, or below the system's directory for temporary
/// files; removed with all it holds. Throws std::system_error when it cannot be made.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// What varies in the configuration.
struct QueuedConfig {
  std::filesystem::path file;
  std::int64_t max_bytes = std::int64_t{64} << 20;
  int backup_count = 3;
  std::string_view root_level = "DEBUG";
  std::string_view clock = "tsc";
};

/// The queued configuration of configs/: JSON Lines to a rotating file, warnings to stderr too.
std::string to_json(const QueuedConfig& config);

/// What a look at a text of JSON Lines found.
struct Lines {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Parses every line; nothing when one of them is no JSON object.
std::optional<Lines> check_lines(std::string_view text);
std::optional<Lines> check_file(const std::filesystem::path& file);

}  // namespace xylem::bench
