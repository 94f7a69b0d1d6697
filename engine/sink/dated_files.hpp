#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sink/packing.hpp"

namespace xylem::sink {

/// An old log file whose name is path.DATE, path.DATE.N, or one of these packed. DATE is
/// "2026-11-23", with or without "_00", "_00-21" or "_00-21-43". Files of a date are numbered in
/// the order in which they were written; that without a number is the first.
struct DatedFile {
  std::string path;
  std::string date;
  int number = 1;
  std::optional<Packing> packing;
  /// It was being packed when the process ended.
  bool is_unfinished = false;
  std::uint64_t bytes = 0;
  /// When it was written last; a packed file has the time of what was packed.
  std::int64_t written_ns = 0;
};

/// The regular ones of the directory of `path`, by date and number. 0 or errno; after an error some
/// may be missing.
int dated_files(const std::string& path, std::vector<DatedFile>& files);

/// What follows "path." in the names of the directory, in no order. 0 or errno.
int suffixes_of(const std::string& path, std::vector<std::string>& suffixes);

}  // namespace xylem::sink
