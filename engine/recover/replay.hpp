#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recover/leftover.hpp"
#include "route/tree.hpp"
#include "sink/sink.hpp"

namespace xylem::recover {

/// A line that may not be in its file.
struct Line {
  std::size_t record;  // in the order of time
  /// Lines of one ring came to the file in their order. Those that a sink kept, and those that come
  /// by a memory, have a number behind those of the rings.
  std::size_t ring;
  std::size_t offset;  // of its bytes, in Capture::text
  std::size_t bytes;
};

/// What one sink of the tree would have got.
struct Capture {
  sink::Sink* sink;
  const SinkState* state;  // how far the dead process' sink of that name had come; may be null
  std::vector<Line> lines;
  std::string text;
  std::int64_t first_ns = 0;  // when the first of the lines was logged; 0: nobody knows

  std::string_view line(std::size_t i) const {
    return std::string_view{text}.substr(lines[i].offset, lines[i].bytes);
  }
};

/// The lines of a leftover as the process that is dead would have rendered them: the same bytes.
struct Replay {
  std::vector<Capture> captures;  // of sinks with lines
  /// By record, in the order of time.
  enum class Certainty : std::uint8_t { open, written, notice };
  /// `written`: a line of it is certainly in its file. `notice`: it tells of drops, and is no
  /// record that the program logged.
  std::vector<Certainty> records;
  std::uint64_t failed = 0;     // records that a formatter refused
  std::uint64_t discarded = 0;  // records that a memory held and would have discarded when closed
};

/// Whether a sink of that name writes to a file: others are "stdout", "stderr" and
/// those of syslog daemons.
inline bool is_file(std::string_view sink_name) {
  return sink_name.starts_with('/');
}

/// Which records, and as whose.
struct Parties {
  std::uint32_t from = 0;  // engine of the dead process
  std::uint32_t to = 0;    // engine of this one
};

/// Renders everything of an engine for the handlers of `tree`, whose sinks get nothing. The tree's
/// formatters are used, so it must not be in force.
Replay replay(const Leftover& leftover, const route::Tree& tree, Parties parties = {});

}  // namespace xylem::recover
