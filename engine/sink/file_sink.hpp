#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sink/posix_file.hpp"
#include "sink/sink.hpp"

namespace xylem::sink {

struct FileOptions {
  OpenMode mode = OpenMode::append;

  /// Opens the file when the first line is written, instead of in the constructor. That it cannot
  /// be opened is then trouble like any other: reported, tried again.
  bool delay = false;

  /// Asks at every write whether the path still leads to the file, as CPython's WatchedFileHandler
  /// does at every line, and not only now and then.
  bool is_watched = false;
};

/// Appends to one file. Directories are not made and `~` means nothing special. When the file is
/// deleted it is made anew for the next lines; when it is renamed they follow the name within
/// 100 ms, or at once when the file is watched. What is no file but a named pipe or a terminal
/// holds nothing else back, unless its opening is delayed.
class FileSink : public Sink {
 public:
  /// `path` is made absolute now, so that a later chdir does not matter. Throws FileError, and what
  /// absolute_path() throws.
  explicit FileSink(std::string_view path, FileOptions file = {}, SinkOptions options = {});

  ~FileSink() override;

  /// Empties the file when that is its mode, and it is open. A trouble is reported, and the lines
  /// go behind what is there.
  void begin() override;

  /// A sink that wrote here before may have rotated the file away after it was opened for this one.
  void take_over() override;

  /// The absolute path.
  const std::string& path() const { return name(); }

 protected:
  int hand_over(LineBuffer& lines, std::int64_t now_ms) override;
  int descriptor() const override { return file_.descriptor(); }
  bool may_block() const override { return console_ != nullptr; }
  std::shared_ptr<Console> console() override { return console_; }
  void cut_torn_line(std::size_t bytes) override;
  int release() override;
  void share_file() override { file_.share(); }
  crash::SinkEntry::Place place() const override { return file_.place(); }

  /// Opens the file if it is not open yet; 0 or errno.
  int open_if_closed();

  /// Opens the file anew when lines that are written to it would be lost, since it has been
  /// deleted, or when another one has its name, since somebody has renamed it (logrotate), or when
  /// it failed in a way that only this may mend. 0, or the errno for which lines had better be
  /// kept.
  int follow_path(LineBuffer& lines, std::int64_t now_ms);

  /// Writes the oldest `bytes` bytes of the lines, which are those of `most_lines` lines; 0 or
  /// errno.
  int write_some(LineBuffer& lines, std::size_t bytes, std::size_t most_lines);

  PosixFile& file() { return file_; }

 private:
  PosixFile file_;
  std::shared_ptr<Console> console_;  // of what may block
  OpenMode mode_;
  std::int64_t look_interval_ms_;
  std::int64_t look_ms_ = 0;  // when to ask again what the path leads to
  bool is_broken_ = false;    // the last write failed in a way that is the descriptor's
};

}  // namespace xylem::sink
