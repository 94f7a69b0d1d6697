#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "crash/file.hpp"

namespace xylem::crash {

/// The second home of finished lines that nobody has written: copies in the crash file, so that the
/// slots of their records can be used again and a kill still loses none. Lines come and go in
/// order.
///
///     add, add, publish(7)     the lines of batch 7, and all kept before, are here
///     take(1)                  the oldest has been written after all
///     clear()                  all have, and the sink has noted that
///
/// A memory says instead pass_on(7): what is here goes to the handlers behind it with batch 7; and
/// takes the lines once that batch is in the kernel's hands.
///
/// Memory comes in chunks as it is needed. Belongs to the consumer thread.
class KeptLines {
 public:
  /// `kind`: kept, with the place of the sink's entry as `id`; or held, with the memory's number.
  KeptLines(File& file, ExtentKind kind, std::uint64_t id) : file_{file}, kind_{kind}, id_{id} {}
  /// The chunks stay in the file.
  ~KeptLines();
  KeptLines(const KeptLines&) = delete;
  KeptLines& operator=(const KeptLines&) = delete;

  /// What a line is of.
  struct Label {
    std::uint64_t batch;
    std::uint64_t record;
    std::uint32_t sink;
    std::uint32_t flags = 0;
  };

  /// Lines added and not taken yet: the oldest that the sink has.
  std::size_t lines() const { return lines_; }

  /// False: there is no room for it in the file, and nothing has happened.
  bool add(std::string_view line, const Label& label);
  /// All lines of this batch are here or written.
  void publish(std::uint64_t batch);
  /// All lines that are here are passed on with this batch. False: there is no room to say so.
  bool pass_on(std::uint64_t batch) { return append({}, {batch, 0, KeptLine::passed_on}); }
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

  static KeptHead& head(const Chunk& chunk) { return *reinterpret_cast<KeptHead*>(chunk.mapping); }
  static void take_from(Chunk& chunk, std::size_t lines);
  bool append(std::string_view line, const Label& label);
  bool add_chunk(std::size_t least_bytes);
  bool use_spare(std::size_t least_bytes);
  void remove_oldest();
  void give_back(const Chunk& chunk);

  File& file_;
  ExtentKind kind_;
  std::uint64_t id_;
  std::uint64_t last_chunk_ = 0;
  std::size_t lines_ = 0;
  std::deque<Chunk> chunks_;    // oldest first
  std::optional<Chunk> spare_;  // in no reader's sight: what comes and goes needs no system calls
};

}  // namespace xylem::crash
