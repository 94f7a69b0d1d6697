#include "sink/archive_file_sink.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <unistd.h>

#include "sink/report.hpp"
#include "sink/timed_file_sink.hpp"

namespace xylem::sink {
namespace {

/// What the end of a sink waits for a file that is being packed.
constexpr std::int64_t stop_patience_ms = 200;

std::string utc_date(std::int64_t now_s) {
  const auto time = static_cast<std::time_t>(now_s);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d_%H-%M-%S", &parts)};
}

}  // namespace

ArchiveFileSink::ArchiveFileSink(std::string_view path, const ArchiveOptions& archive,
                                 FileOptions file, SinkOptions options)
    : ArchiveFileSink(path, archive, file, options,
                      last_written_s(absolute_path(path), archive.now_s)) {}

ArchiveFileSink::ArchiveFileSink(std::string_view path, const ArchiveOptions& archive,
                                 FileOptions file, SinkOptions options, std::int64_t begin_s)
    : RollingFileSink(path, file, options), archive_{archive}, process_{::getpid()} {
  if (!archive_.now_s) archive_.now_s = system_seconds;
  if (archive_.schedule) timer_.emplace(*archive_.schedule, archive_.now_s, begin_s);
  if (archive_.packing) packer_ = std::make_unique<Packer>(*archive_.packing);
}

void ArchiveFileSink::take_over() {
  FileSink::take_over();
  if (packer_ == nullptr) return;
  std::vector<DatedFile> files;
  dated_files(path(), files);
  std::vector<std::string> unfinished;
  std::vector<std::string> unpacked;
  for (const DatedFile& file : files) {
    if (file.is_unfinished) unfinished.push_back(file.path);
    if (!file.packing) unpacked.push_back(file.path);
  }
  packer_->start(unfinished, unpacked);
}

bool ArchiveFileSink::may_roll(const LineBuffer& lines) {
  const bool may_be_due = timer_ && timer_->may_be_due(lines);
  return may_be_due || !archive_.size.is_far(file().position(), lines.bytes());
}

bool ArchiveFileSink::rolls_before(std::string_view line, std::uint64_t number,
                                   std::uint64_t position) {
  is_due_ = timer_ && timer_->is_due(number);
  if (is_due_ && position == 0) {
    timer_->advance();
    is_due_ = false;
  }
  return is_due_ || archive_.size.rolls_before(line, position);
}

/// Of the file that rolls.
std::string ArchiveFileSink::date() const {
  return timer_ ? timer_->suffix() : utc_date(archive_.now_s());
}

/// Behind the last one of that date. A list that is read while files are packed may lack the last
/// one, but of a file and what it is packed to one is always there.
std::string ArchiveFileSink::free_name(const std::vector<DatedFile>& files,
                                       const std::string& date) const {
  int number = 0;
  for (const DatedFile& file : files) {
    if (file.date == date) number = std::max(number, file.number);
  }
  const auto is_taken = [](const std::string& name) {
    const auto is_there = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
    return is_there(name) || is_there(name + std::string{extension_of(Packing::gzip)}) ||
           is_there(name + std::string{extension_of(Packing::zstd)});
  };
  std::string name;
  do {
    ++number;
    name = path() + '.' + date + (number > 1 ? '.' + std::to_string(number) : "");
  } while (is_taken(name));
  return name;
}

RollingFileSink::Moved ArchiveFileSink::move_away() {
  const std::string date = this->date();
  if (date.empty()) return Moved::no;
  std::vector<DatedFile> files;
  if (const int error = dated_files(path(), files); error != 0) {
    rolling_failed(error_text(error, path()));
    return Moved::no;
  }
  moved_to_ = free_name(files, date);
  if (const int error = move_file(path(), moved_to_); error != 0) {
    rolling_failed(error_text(error, path(), moved_to_));
    return Moved::no;
  }
  return Moved::yes;
}

void ArchiveFileSink::has_rolled() {
  if (is_due_) timer_->advance();
  std::vector<DatedFile> files;
  const bool has_bound = archive_.backup_count > 0 || archive_.total_bytes > 0;
  if (has_bound && dated_files(path(), files) == 0) remove_old_files(files);
  if (packer_ != nullptr) packer_->add(moved_to_);
}

/// An old file and what it is being packed to are one.
void ArchiveFileSink::remove_old_files(std::vector<DatedFile>& files) {
  std::uint64_t bytes = 0;
  int backups = 0;
  const auto is_same = [](const DatedFile& a, const DatedFile& b) {
    return a.date == b.date && a.number == b.number;
  };
  for (std::size_t i = files.size(); i-- > 0;) {
    const DatedFile& file = files[i];
    if (i + 1 == files.size() || !is_same(file, files[i + 1])) ++backups;
    bytes += file.bytes;
    const bool fits =
        archive_.total_bytes <= 0 || bytes <= static_cast<std::uint64_t>(archive_.total_bytes);
    if (fits && (archive_.backup_count <= 0 || backups <= archive_.backup_count)) continue;
    if (::unlink(file.path.c_str()) == 0 || errno == ENOENT || has_told_) continue;
    report(error_text(errno, file.path) + " (old log files are not removed)");
    has_told_ = true;
  }
}

void ArchiveFileSink::cannot_roll() {
  if (is_due_) timer_->advance();
}

int ArchiveFileSink::release() {
  if (packer_ != nullptr) packer_->stop(stop_patience_ms);
  return FileSink::release();
}

void ArchiveFileSink::share_file() {
  FileSink::share_file();
  if (packer_ == nullptr || process_ == ::getpid()) return;
  process_ = ::getpid();
  packer_->forget();
}

}  // namespace xylem::sink
