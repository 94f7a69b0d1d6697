#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sink/file_sink.hpp"
#include "sink/retry.hpp"

namespace xylem::sink {

struct RotationOptions {
  /// Roll before a line that would bring the file to this size or beyond; 0 or less: never roll.
  std::int64_t max_bytes = 0;

  /// How many old files to keep as path.1 (the youngest) ... path.N. 0: the file just grows.
  int backup_count = 0;

  /// Code points of what the handler ends a line with. CPython counts every line as ended by one
  /// character, whatever the handler's terminator is.
  std::size_t terminator_code_points = 1;
};

/// CPython's RotatingFileHandler. The rule is applied to each line, in order, as lines are written:
///
///     before a line, with pos = size of the file in BYTES
///     pos > 0 and pos + CODE POINTS of the line >= max_bytes and the path is a regular file or
///     absent
///       -> path.(N-1) becomes path.N ... path becomes path.1, path is opened anew
///
/// so that the files are those that CPython leaves, although many lines go with one write(2).
/// When files cannot be renamed, or the new one cannot be opened, that is reported once, lines go
/// on to the file at hand, and it is tried again later.
class RotatingFileSink : public FileSink {
 public:
  /// `file.mode` is taken as append when max_bytes > 0, as in CPython. Throws as FileSink does.
  RotatingFileSink(std::string_view path, RotationOptions rotation, FileOptions file = {},
                   SinkOptions options = {});
  ~RotatingFileSink() override { leave_thread(); }

 protected:
  int hand_over(LineBuffer& lines, std::int64_t now_ms) override;

 private:
  /// How much of the buffer comes before the next roll. After a roll the oldest line is not asked
  /// again, so that another process that fills the new file cannot keep this one rolling.
  std::size_t bytes_for_this_file(const LineBuffer& lines, bool rolled);
  bool rolls_before(std::string_view line, std::uint64_t position) const;
  bool roll_over();
  bool move_files();
  void rolling_failed(const std::string& why);

  RotationOptions rotation_;
  Retry retry_;
  std::int64_t now_ms_ = 0;  // of the hand_over() at hand
  bool moved_but_not_opened_ = false;
};

}  // namespace xylem::sink
