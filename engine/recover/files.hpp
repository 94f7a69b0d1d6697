#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crash/layout.hpp"

namespace xylem::recover {

/// A log file, and from where on it may hold lines of a batch.
struct FilePart {
  std::string path;
  std::uint64_t from;
  bool is_current;  // not rotated away
};

/// Where the lines may be that a sink wrote behind `place`, oldest file first. The file of the
/// place is known by its inode: rotation and logrotate rename files while they are written.
/// @param path of the sink: absolute
std::vector<FilePart> list_files(const std::string& path, const crash::SinkEntry::Place& place);

}  // namespace xylem::recover
