#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sink/dated_files.hpp"
#include "sink/packer.hpp"
#include "sink/rolling_file_sink.hpp"
#include "sink/rollover_timer.hpp"

namespace xylem::sink {

struct ArchiveOptions {
  /// By size, by time, or by both.
  SizeRule size;
  std::optional<RolloverSchedule::Options> schedule;

  /// How many old files to keep; 0 or less: as many as there are.
  int backup_count = 0;

  /// How many bytes the old files may have together, packed or not, when a file rolls; 0 or less:
  /// any number.
  std::int64_t total_bytes = 0;

  std::optional<Packing> packing;

  /// For the start, and for lines without a time of their own; empty: the system's.
  SecondsClock now_s;
};

/// A file that rolls by size, as CPython's RotatingFileHandler does, and by time, as its
/// TimedRotatingFileHandler does, and whose old files may be packed behind its back.
///
/// An old file gets a name that it keeps, so that nothing is renamed while it is packed or read:
/// path.DATE, and path.DATE.2, .3... for those that follow. DATE is the begin of the interval, in
/// the schedule's form; without a schedule the second in which it rolls, UTC. A file that is empty
/// does not roll. The oldest files go first.
class ArchiveFileSink : public RollingFileSink {
 public:
  /// Throws as FileSink does.
  ArchiveFileSink(std::string_view path, const ArchiveOptions& archive, FileOptions file = {},
                  SinkOptions options = {});
  ~ArchiveFileSink() override { leave_thread(); }

  bool wants_times() const override { return timer_.has_value(); }
  void note_time(std::int64_t time_ns) override {
    if (timer_) timer_->note(next_line(), time_ns);
  }

  /// Goes on to pack what the process before had not.
  void take_over() override;

 protected:
  bool may_roll(const LineBuffer& lines) override;
  bool rolls_before(std::string_view line, std::uint64_t number, std::uint64_t position) override;
  Moved move_away() override;
  void has_rolled() override;
  void cannot_roll() override;
  int release() override;
  void share_file() override;

 private:
  ArchiveFileSink(std::string_view path, const ArchiveOptions& archive, FileOptions file,
                  SinkOptions options, std::int64_t begin_s);

  std::string date() const;
  std::string free_name(const std::vector<DatedFile>& files, const std::string& date) const;
  void remove_old_files(std::vector<DatedFile>& files);

  ArchiveOptions archive_;
  std::optional<RolloverTimer> timer_;
  bool is_due_ = false;  // the line that was asked about last is late enough
  std::string moved_to_;
  bool has_told_ = false;  // that old files cannot be removed
  int process_;
  std::unique_ptr<Packer> packer_;  // null: files are not packed
};

}  // namespace xylem::sink
