#pragma once

#include <cstdint>
#include <string_view>

#include "sink/rolling_file_sink.hpp"

namespace xylem::sink {

struct RotationOptions {
  /// Roll before a line that would bring the file to this size or beyond; 0 or less: never roll.
  std::int64_t max_bytes = 0;

  /// How many old files to keep as path.1 (the youngest) ... path.N. 0: the file just grows.
  int backup_count = 0;

  /// Code points of what the handler ends a line with (SizeRule).
  std::size_t terminator_code_points = 1;
};

/// CPython's RotatingFileHandler:
///
///     before a line, with pos = size of the file in BYTES
///     pos > 0 and pos + CODE POINTS of the line >= max_bytes and the path is a regular file or
///     absent
///       -> path.(N-1) becomes path.N ... path becomes path.1, path is opened anew
class RotatingFileSink : public RollingFileSink {
 public:
  /// `file.mode` is taken as append when max_bytes > 0, as in CPython. Throws as FileSink does.
  RotatingFileSink(std::string_view path, RotationOptions rotation, FileOptions file = {},
                   SinkOptions options = {});
  ~RotatingFileSink() override { leave_thread(); }

 protected:
  bool may_roll(const LineBuffer& lines) override;
  bool rolls_before(std::string_view line, std::uint64_t number, std::uint64_t position) override;
  Moved move_away() override;

 private:
  SizeRule size_;
  int backup_count_;
};

}  // namespace xylem::sink
