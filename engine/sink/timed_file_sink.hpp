#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sink/rolling_file_sink.hpp"
#include "sink/rollover_timer.hpp"

namespace xylem::sink {

struct TimedOptions {
  RolloverSchedule::Options schedule;

  /// How many old files to keep; 0 or less: all.
  int backup_count = 0;

  /// For the start, and for lines without a time of their own; empty: the system's.
  SecondsClock now_s{};

  /// What tells the first rollover, where that is another schedule.
  std::optional<RolloverSchedule::Options> first{};
};

/// CPython's TimedRotatingFileHandler (3.13):
///
///     before a line, logged at t
///     t >= rollover and the path is a regular file or absent and path.BEGIN is not there
///       -> path becomes path.BEGIN, path is opened anew, rollover is the next one after t
///
/// BEGIN is the date of the begin of the interval. The first rollover comes after the file was
/// written last. Of files whose name looks like path.BEGIN the backup_count that come last in the
/// order of names stay.
class TimedFileSink : public RollingFileSink {
 public:
  /// Throws as FileSink does.
  TimedFileSink(std::string_view path, const TimedOptions& timed, FileOptions file = {},
                SinkOptions options = {});
  ~TimedFileSink() override { leave_thread(); }

  bool wants_times() const override { return true; }
  void note_time(std::int64_t time_ns) override { timer_.note(next_line(), time_ns); }

 protected:
  bool opens_first() const override { return false; }
  bool may_roll(const LineBuffer& lines) override { return timer_.may_be_due(lines); }
  bool rolls_before(std::string_view line, std::uint64_t number, std::uint64_t position) override;
  Moved move_away() override;
  void has_rolled() override;
  void cannot_roll() override { timer_.advance(); }

 private:
  /// Takes the time of the last write before opening the file may change it.
  TimedFileSink(std::string_view path, const TimedOptions& timed, FileOptions file,
                SinkOptions options, std::int64_t begin_s);

  void remove_old_files();
  void removing_failed(const std::string& why);

  RolloverTimer timer_;
  int backup_count_;
  /// The last line that did not roll the file, since the name was taken, is of that second: the
  /// others of that second are not asked.
  std::optional<std::int64_t> refused_s_;
  bool has_told_ = false;  // that old files cannot be removed
};

/// When the file was written last, in seconds since the epoch; `now_s` when it is not there.
std::int64_t last_written_s(const std::string& path, const SecondsClock& now_s);

}  // namespace xylem::sink
