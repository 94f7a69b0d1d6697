#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "crash/file.hpp"

namespace xylem::crash {

/// The second home of lines that a sink could not write: copies in the crash file, so that the
/// slots of their records can be used again and a kill still loses none. Lines come and go in
/// order.
///
///     add, add, publish(7)     the lines of batch 7, and all kept before, are here
///     take(1)                  the oldest has been written after all
///     clear()                  all have, and the sink has noted that
///
/// Memory comes in chunks while the trouble lasts. Belongs to the consumer thread.
class KeptLines {
 public:
  /// `sink`: the place of its entry in the file.
  KeptLines(File& file, std::uint64_t sink) : file_{file}, sink_{sink} {}
  /// The chunks stay in the file.
  ~KeptLines();
  KeptLines(const KeptLines&) = delete;
  KeptLines& operator=(const KeptLines&) = delete;

  /// Lines added and not taken yet: the oldest that the sink has.
  std::size_t lines() const { return lines_; }

  /// False: there is no room for it in the file, and nothing has happened.
  bool add(std::string_view line, std::uint64_t record, std::uint64_t batch);
  /// All lines of this batch are here or written.
  void publish(std::uint64_t batch);
  /// The oldest lines have been written; of more than there are, all.
  void take(std::size_t lines);
  void clear();

 private:
  struct Chunk {
    Piece piece;
    std::byte* mapping;
    std::size_t bytes;
    std::size_t lines;  // not taken
  };

  KeptHead& head(const Chunk& chunk) { return *reinterpret_cast<KeptHead*>(chunk.mapping); }
  bool add_chunk(std::size_t least_bytes);
  void remove_oldest();

  File& file_;
  std::uint64_t sink_;
  std::uint64_t last_chunk_ = 0;
  std::size_t lines_ = 0;
  std::deque<Chunk> chunks_;  // oldest first
};

}  // namespace xylem::crash
