#include "sink/timed_file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "sink/dated_files.hpp"
#include "sink/report.hpp"

namespace xylem::sink {

std::int64_t last_written_s(const std::string& path, const SecondsClock& now_s) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_mtim.tv_sec;
  return now_s ? now_s() : system_seconds();
}

TimedFileSink::TimedFileSink(std::string_view path, const TimedOptions& timed, FileOptions file,
                             SinkOptions options)
    : TimedFileSink(path, timed, file, options, last_written_s(absolute_path(path), timed.now_s)) {}

TimedFileSink::TimedFileSink(std::string_view path, const TimedOptions& timed, FileOptions file,
                             SinkOptions options, std::int64_t begin_s)
    : RollingFileSink(path, file, options),
      timer_{timed.schedule, timed.now_s, begin_s, timed.first.value_or(timed.schedule)},
      backup_count_{timed.backup_count} {}

bool TimedFileSink::rolls_before(std::string_view, std::uint64_t number, std::uint64_t) {
  return timer_.is_due(number) && timer_.line_s() != refused_s_;
}

RollingFileSink::Moved TimedFileSink::move_away() {
  const std::string suffix = timer_.suffix();
  if (suffix.empty()) return Moved::no;
  const std::string to = path() + '.' + suffix;
  // Another process that writes here has rolled it.
  struct stat status {};
  if (::stat(to.c_str(), &status) == 0) {
    refused_s_ = timer_.line_s();
    return Moved::not_yet;
  }
  if (const int error = move_file(path(), to); error != 0) {
    rolling_failed(error_text(error, path(), to));
    return Moved::no;
  }
  return Moved::yes;
}

void TimedFileSink::has_rolled() {
  if (backup_count_ > 0) remove_old_files();
  timer_.advance();
}

void TimedFileSink::remove_old_files() {
  std::vector<std::string> suffixes;
  if (const int error = suffixes_of(path(), suffixes); error != 0) {
    removing_failed(error_text(error, path()));
    return;
  }
  std::erase_if(suffixes, [this](const std::string& text) { return !timer_.is_suffix(text); });
  const auto most = static_cast<std::size_t>(backup_count_);
  if (suffixes.size() <= most) return;
  std::sort(suffixes.begin(), suffixes.end());
  suffixes.resize(suffixes.size() - most);
  for (const std::string& suffix : suffixes) {
    const std::string old = path() + '.' + suffix;
    if (::unlink(old.c_str()) != 0 && errno != ENOENT) removing_failed(error_text(errno, old));
  }
}

void TimedFileSink::removing_failed(const std::string& why) {
  if (!has_told_) report(why + " (old log files are not removed)");
  has_told_ = true;
}

}  // namespace xylem::sink
