#include "config/file_sinks.hpp"

#include "format/utf8.hpp"
#include "sink/archive_file_sink.hpp"
#include "sink/timed_file_sink.hpp"

namespace xylem::config {
namespace {

sink::RolloverSchedule::Options schedule_options(const SchedulePlan& plan) {
  using When = sink::RolloverSchedule::When;
  static_assert(static_cast<int>(When::second) == static_cast<int>(SchedulePlan::When::second) &&
                static_cast<int>(When::weekly) == static_cast<int>(SchedulePlan::When::weekly));
  return {static_cast<When>(plan.when), plan.weekday, plan.units, plan.is_utc, plan.interval_s};
}

}  // namespace

sink::FileOptions file_options(const FilePlan& plan) {
  return {plan.mode == 'w' ? sink::OpenMode::truncate : sink::OpenMode::append, plan.delay,
          plan.is_watched};
}

std::shared_ptr<sink::Sink> make_sink(const TimedFilePlan& plan, const sink::SinkOptions& options) {
  sink::TimedOptions timed{schedule_options(plan.later.value_or(plan.schedule)), plan.backup_count};
  if (plan.later) timed.first = schedule_options(plan.schedule);
  return std::make_shared<sink::TimedFileSink>(plan.file.filename, timed, file_options(plan.file),
                                               options);
}

std::shared_ptr<sink::Sink> make_sink(const ArchiveFilePlan& plan,
                                      const sink::SinkOptions& options) {
  sink::ArchiveOptions archive;
  archive.size = {plan.max_bytes, format::count_code_points(plan.file.terminator)};
  if (plan.schedule) archive.schedule = schedule_options(*plan.schedule);
  archive.backup_count = plan.backup_count;
  archive.total_bytes = plan.total_bytes;
  if (plan.packed_as) {
    archive.packing = *plan.packed_as == PackedAs::gzip ? sink::Packing::gzip : sink::Packing::zstd;
  }
  return std::make_shared<sink::ArchiveFileSink>(plan.file.filename, archive,
                                                 file_options(plan.file), options);
}

}  // namespace xylem::config
