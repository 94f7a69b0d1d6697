#pragma once

#include <string>

namespace xylem::tools {

struct PipeOptions {
  std::string config;
  std::string logger = "root";  // of lines, and of records without a name
  std::string level = "INFO";   // of lines, and of records without a level
  bool records = false;         // each line is a JSON object with the keys of logging.makeLogRecord
};

/// Logs standard input. Bad lines are reported on stderr with their number and skipped. Returns the
/// exit status: 0 when every line was logged and written, 1 when some were bad, dropped or failed.
/// Throws ConfigError, and std::invalid_argument for a level that there is not.
int pipe(const PipeOptions& options);

}  // namespace xylem::tools
