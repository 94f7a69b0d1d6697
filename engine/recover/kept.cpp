#include "recover/kept.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>

#include "crash/layout.hpp"

namespace xylem::recover {
namespace {

using crash::ExtentKind;
using crash::KeptHead;

struct Chunk {
  std::uint64_t number;
  std::uint64_t batch;
  Bytes lines;  // that are not taken
};

std::optional<Chunk> read_chunk(Bytes extent) {
  if (extent.size() < sizeof(KeptHead)) return std::nullopt;
  const auto word = [&](std::size_t offset) { return load_at<std::uint64_t>(extent, offset); };
  const std::uint64_t used = word(offsetof(KeptHead, used));
  const std::uint64_t taken = word(offsetof(KeptHead, taken));
  if (used > extent.size() - sizeof(KeptHead) || taken > used) return std::nullopt;
  return Chunk{word(offsetof(KeptHead, number)), word(offsetof(KeptHead, batch)),
               extent.subspan(sizeof(KeptHead) + taken, used - taken)};
}

/// Calls `take` with each line and its text. False: the rest cannot be read.
template <typename Take>
bool read_lines(Bytes bytes, Take take) {
  for (std::uint64_t at = 0; at < bytes.size();) {
    if (!holds(bytes, at, sizeof(crash::KeptLine))) return false;
    const auto line = load_at<crash::KeptLine>(bytes, at);
    at += sizeof line;
    if (!holds(bytes, at, line.bytes)) return false;
    take(line, text_at(bytes, at, line.bytes));
    at += line.bytes + (8 - line.bytes % 8) % 8;
  }
  return true;
}

/// The chunks of that kind, by whose they are, each one's in the order of their making.
std::map<std::uint64_t, std::vector<Chunk>> find_chunks(Bytes file, const std::vector<Part>& parts,
                                                        ExtentKind kind,
                                                        std::uint64_t& unreadable) {
  std::map<std::uint64_t, std::vector<Chunk>> chunks;
  for (const Part& part : parts) {
    if (part.kind != kind) continue;
    if (const auto chunk = read_chunk(file.subspan(part.offset, part.bytes))) {
      chunks[part.id].push_back(*chunk);
    } else {
      ++unreadable;
    }
  }
  for (auto& [id, list] : chunks) {
    std::sort(list.begin(), list.end(),
              [](const Chunk& a, const Chunk& b) { return a.number < b.number; });
  }
  return chunks;
}

std::vector<HeldLine> read_memory(const std::vector<Chunk>& chunks, std::uint64_t& unreadable) {
  std::vector<HeldLine> lines;
  std::size_t not_passed = 0;
  for (const Chunk& chunk : chunks) {
    const bool is_whole =
        read_lines(chunk.lines, [&](const crash::KeptLine& line, std::string_view text) {
          if (line.sink == crash::KeptLine::passed_on) {
            while (not_passed < lines.size()) lines[not_passed++].passed = line.batch;
            return;
          }
          const bool is_discarded = (line.flags & crash::KeptLine::discarded_at_close) != 0;
          lines.push_back({line.batch, 0, is_discarded, line.sink, line.record, text});
        });
    unreadable += is_whole ? 0 : 1;
  }
  return lines;
}

}  // namespace

std::uint64_t read_kept_lines(Bytes file, const std::vector<Part>& parts,
                              std::vector<SinkState>& sinks) {
  std::uint64_t unreadable = 0;
  const auto chunks = find_chunks(file, parts, ExtentKind::kept, unreadable);
  for (SinkState& sink : sinks) {
    const auto own = chunks.find(sink.entry);
    if (own == chunks.end() || sink.written == all_written) continue;
    for (const Chunk& chunk : own->second) sink.kept = std::max(sink.kept, chunk.batch);
    for (const Chunk& chunk : own->second) {
      const bool is_whole =
          read_lines(chunk.lines, [&](const crash::KeptLine& line, std::string_view text) {
            // What is younger is in the rings, and comes from there.
            if (line.batch <= sink.written || line.batch > sink.kept) return;
            sink.lines.push_back({line.record, text});
          });
      unreadable += is_whole ? 0 : 1;
    }
  }
  return unreadable;
}

std::uint64_t read_held_lines(Bytes file, const std::vector<Part>& parts, ExtentKind kind,
                              std::map<std::uint32_t, Memories>& memories) {
  std::uint64_t unreadable = 0;
  for (const auto& [id, chunks] : find_chunks(file, parts, kind, unreadable)) {
    const auto number = static_cast<std::uint32_t>(id);
    if (number >= max_memories) {
      ++unreadable;
      continue;
    }
    Memories& own = memories[static_cast<std::uint32_t>(id >> 32)];
    if (number >= own.size()) own.resize(number + 1);
    own[number] = read_memory(chunks, unreadable);
  }
  return unreadable;
}

}  // namespace xylem::recover
