#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recover/replay.hpp"

namespace xylem::recover {

/// A line of which the file has the first bytes, at its end.
struct TornLine {
  std::size_t line;
  std::size_t bytes;  // that are there
  std::string path;
  std::uint64_t file_bytes;
  bool is_current;  // the file is the one that the sink writes to next
};

/// What of a sink's lines stands in its files already.
struct Standing {
  std::vector<bool> written;  // by line
  std::optional<TornLine> torn;
};

/// Looks behind the place that the sink had noted, and in the younger files of its rotation; in all
/// files of the rotation when the noted one is gone, or nothing was noted. Lines are compared byte
/// by byte; the lines of one ring were written in order, so all before one that is found are
/// written too. Several sinks that wrote to one file are looked up together: a line that is there
/// once was not written by each of them. Reads files, changes none.
/// @returns for each of the captures
std::vector<Standing> reconcile(const std::vector<const Capture*>& captures);

}  // namespace xylem::recover
