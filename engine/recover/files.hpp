#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crash/layout.hpp"
#include "sink/packing.hpp"

namespace xylem::recover {

/// A log file, and from where on it may hold lines of a batch.
struct FilePart {
  std::string path;
  std::uint64_t from;
  bool is_current;  // not rotated away
  std::optional<sink::Packing> packing = std::nullopt;
};

/// Where the lines may be that a sink wrote behind `place`, oldest file first. The file of the
/// place is known by its inode: rotation and logrotate rename files while they are written. Of the
/// files with dates in their names, which may be packed, those that were written since.
/// @param path of the sink: absolute
/// @param since_ns when the oldest of the lines was logged
std::vector<FilePart> list_files(const std::string& path, const crash::SinkEntry::Place& place,
                                 std::int64_t since_ns);

}  // namespace xylem::recover
