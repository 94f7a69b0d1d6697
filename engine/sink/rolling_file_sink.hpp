#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sink/file_sink.hpp"
#include "sink/retry.hpp"

namespace xylem::sink {

/// A file that is moved away and begun anew before certain lines. Whether it is, is asked of each
/// line, in order, as lines are written, so that the files are those of a writer of single lines
/// although many go with one write(2). When files cannot be moved, or the new one cannot be opened,
/// that is reported once, lines go on to the file at hand, and it is tried again later.
class RollingFileSink : public FileSink {
 protected:
  using FileSink::FileSink;

  enum class Moved {
    yes,
    in_place,  // there is nothing to move to: the same file goes on
    not_yet,   // a later line may do
    no,
  };

  int hand_over(LineBuffer& lines, std::int64_t now_ms) override;

  /// Whether the file is opened before it is asked whether it rolls.
  virtual bool opens_first() const { return true; }

  /// False: the file rolls before none of the lines. Comes before rolls_before().
  virtual bool may_roll(const LineBuffer& lines) = 0;

  /// Whether the file rolls before the line of that number, which would stand at `position`.
  virtual bool rolls_before(std::string_view line, std::uint64_t number,
                            std::uint64_t position) = 0;

  /// Gives the file its old name. What goes wrong it tells by rolling_failed().
  virtual Moved move_away() = 0;

  /// The new file is open.
  virtual void has_rolled() {}

  /// What is at the path is no regular file, and stays.
  virtual void cannot_roll() {}

  void rolling_failed(const std::string& why);

 private:
  struct Part {
    std::size_t bytes;
    std::size_t lines;
  };

  Part part_for_this_file(const LineBuffer& lines, bool rolled);
  bool roll_over();

  Retry retry_;
  std::int64_t now_ms_ = 0;  // of the hand_over() at hand
  bool moved_but_not_opened_ = false;
};

/// What the size of a file says: CPython's rule, by which the file counts in bytes and the line in
/// code points.
struct SizeRule {
  /// Roll before a line that would bring the file to this size or beyond; 0 or less: never.
  std::int64_t max_bytes = 0;

  /// Code points of what the handler ends a line with. CPython counts every line as ended by one
  /// character, whatever the handler's terminator is.
  std::size_t terminator_code_points = 1;

  /// Whether none of so many bytes of lines, behind `position`, can be the one.
  bool is_far(std::uint64_t position, std::size_t bytes) const {
    return max_bytes <= 0 || position + bytes + 1 < static_cast<std::uint64_t>(max_bytes);
  }
  bool rolls_before(std::string_view line, std::uint64_t position) const;
};

}  // namespace xylem::sink
