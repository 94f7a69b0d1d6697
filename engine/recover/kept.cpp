#include "recover/kept.hpp"

#include <algorithm>
#include <cstddef>

#include "crash/layout.hpp"

namespace xylem::recover {
namespace {

using crash::KeptHead;

struct Chunk {
  std::uint64_t number;
  Bytes lines;
};

bool read_chunk(Bytes extent, SinkState& sink, std::vector<Chunk>& chunks) {
  if (extent.size() < sizeof(KeptHead)) return false;
  const auto used = load_at<std::uint64_t>(extent, offsetof(KeptHead, used));
  if (used > extent.size() - sizeof(KeptHead)) return false;
  sink.kept = std::max(sink.kept, load_at<std::uint64_t>(extent, offsetof(KeptHead, batch)));
  chunks.push_back({load_at<std::uint64_t>(extent, offsetof(KeptHead, number)),
                    extent.subspan(sizeof(KeptHead), used)});
  return true;
}

/// False: the rest cannot be read.
bool read_lines(Bytes bytes, SinkState& sink) {
  for (std::uint64_t at = 0; at < bytes.size();) {
    if (!holds(bytes, at, sizeof(crash::KeptLine))) return false;
    const auto line = load_at<crash::KeptLine>(bytes, at);
    at += sizeof line;
    if (!holds(bytes, at, line.bytes)) return false;
    // What is younger is in the rings, and comes from there.
    if (line.batch > sink.written && line.batch <= sink.kept) {
      sink.lines.push_back({line.record, text_at(bytes, at, line.bytes)});
    }
    at += line.bytes + (8 - line.bytes % 8) % 8;
  }
  return true;
}

}  // namespace

std::uint64_t read_kept_lines(Bytes file, const std::vector<Part>& parts, SinkState& sink) {
  if (sink.written == all_written) return 0;
  std::uint64_t unreadable = 0;
  std::vector<Chunk> chunks;
  for (const Part& part : parts) {
    if (part.kind != crash::ExtentKind::kept || part.id != sink.entry) continue;
    if (!read_chunk(file.subspan(part.offset, part.bytes), sink, chunks)) ++unreadable;
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const Chunk& a, const Chunk& b) { return a.number < b.number; });
  for (const Chunk& chunk : chunks) unreadable += read_lines(chunk.lines, sink) ? 0 : 1;
  return unreadable;
}

}  // namespace xylem::recover
