#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <xylem/detail/atomic.hpp>

/// The crash file: what of a process must outlive it. One file, mapped and shared, on a file system
/// in memory; layout only, shared by the process that writes it and the one that recovers it.
///
///     page 0       Header
///     pages 1..3   Text: path of the config, working directory, process name
///     page 4       two Clocks: the time stamp counter's, CLOCK_MONOTONIC's
///     pages 5..    Extents, then SinkEntries
///     fixed_bytes  extents, in the order in which they were needed:
///                    ring         page of RingWords, page of ContextPlaces, then slots
///                    dictionary   DictionaryHead, then DictionaryEntries one behind the other
///                    spill        the payload of one record
///                    kept, held   KeptHead, then KeptLines one behind the other
///                    recorded     the same, with a packed record in place of each line
///
/// The process that dies leaves every store that it has made, in its order: a release store says
/// that what stands before it is whole, to a later reader as to another thread. Numbers are little
/// endian, times in ns since the epoch. A reader takes nothing for granted: the file may have been
/// written by anything.
namespace xylem::crash {

using detail::Atomic;

inline constexpr std::uint64_t magic = 0x0100'6d65'6c79'78;  // "xylem", 0, 1 as bytes
inline constexpr std::uint32_t version = 4;
inline constexpr std::size_t page_bytes = 4096;
inline constexpr std::size_t max_extents = 8192;
inline constexpr std::size_t max_sinks = 1024;
inline constexpr std::size_t clock_pieces = 64;
inline constexpr std::size_t most_batches = 8;  // that may be on their way to the kernel
inline constexpr std::size_t max_engines = 128;
inline constexpr std::size_t thread_name_bytes = 256;

/// Which configuration an engine of the process has. The first entry is the default engine's, whose
/// configuration stands in the header. A logger or sink of an engine without an entry belongs to no
/// configuration.
struct EngineEntry {
  std::uint64_t config_hash;
  std::uint64_t path_hash;          // 0: the config is a text from memory
  Atomic<std::uint32_t> number;     // of the engine, 0: a free entry; release, behind the hashes
  Atomic<std::uint32_t> recovered;  // 1: all of its records have been, written by a recovery
};

struct Header {
  Atomic<std::uint64_t> magic;  // release, when everything else is in place
  std::uint32_t version;
  std::uint32_t page_bytes;
  std::uint64_t config_hash;  // of the config's text
  std::int64_t pid;
  std::int64_t created_ns;     // UTC
  std::uint64_t created_tick;  // the time stamp counter at that moment
  std::uint64_t created_monotonic_ns;
  std::int64_t start_ns;          // UTC; what relativeCreated counts from
  std::array<char, 40> boot_id;   // text, padded with NULs
  Atomic<std::uint32_t> extents;  // how many there are; release, behind the entry
  Atomic<std::uint32_t> sinks;
  /// Batches below this number are in the kernel's hands at every sink.
  Atomic<std::uint64_t> first_batch;
  std::array<EngineEntry, max_engines> engines;
};
static_assert(sizeof(Header) <= page_bytes);

struct Text {
  std::uint32_t bytes;
  std::array<char, page_bytes - 4> text;
};
static_assert(sizeof(Text) == page_bytes);

/// A straight piece of the way from ticks to UTC.
struct ClockPiece {
  std::uint64_t tick;
  std::int64_t utc_ns;
  double ns_per_tick;  // 0: never filled

  std::int64_t utc_ns_at(std::uint64_t at) const {
    return utc_ns + static_cast<std::int64_t>(
                        static_cast<double>(static_cast<std::int64_t>(at - tick)) * ns_per_tick);
  }
};

/// The newest pieces, in a circle.
struct Clock {
  Atomic<std::uint32_t> newest;
  std::array<ClockPiece, clock_pieces> pieces;
};
static_assert(2 * sizeof(Clock) <= page_bytes);

enum class ExtentKind : std::uint32_t { none, ring, dictionary, spill, kept, held, recorded };

struct Extent {
  std::uint64_t offset;  // of whole pages
  std::uint64_t bytes;
  std::uint64_t id;            // spill: what records call it; kept: the place of the sink's entry;
                               // held, recorded: memory_id()
  Atomic<std::uint32_t> kind;  // ExtentKind; clang 14 has no atomics of enums
};

/// What an extent of held lines or recorded records calls the memory or flight recorder.
constexpr std::uint64_t memory_id(std::uint32_t engine, std::uint32_t number) {
  return std::uint64_t{engine} << 32 | number;  // the number is that among its engine's
}

/// How far a sink has come. Where a batch ended is written before the number of the batch, into the
/// place that the number before does not use.
struct SinkEntry {
  struct Place {
    std::uint64_t device;
    std::uint64_t inode;    // 0: no regular file
    std::uint64_t born_ns;  // when the file was made, 0: not known; inodes are used again
    std::uint64_t offset;   // what was written later stands behind it, or in a younger file
  };

  /// Number of the last batch whose lines are all in the kernel's hands; `places[written % 2]`
  /// says where they end.
  Atomic<std::uint64_t> written;
  std::array<Place, 2> places;
  std::uint64_t dictionary_id;  // of its name
};

/// The fixed part. Where the header's first members, the path and the directory stand is the same
/// in all versions: whose a file is can be told even if it cannot be read.
struct Fixed {
  alignas(page_bytes) Header header;
  Text config_path;
  Text working_directory;
  Text process_name;
  alignas(page_bytes) std::array<Clock, 2> clocks;  // tsc, monotonic
  alignas(page_bytes) std::array<Extent, max_extents> extents;
  alignas(page_bytes) std::array<SinkEntry, max_sinks> sinks;
};
inline constexpr std::size_t fixed_bytes = sizeof(Fixed);
static_assert(fixed_bytes % page_bytes == 0);

/// Who logs in a ring. Written before its first record, when none of another thread is left in it.
struct ThreadText {
  std::uint64_t id;
  std::uint32_t bytes;
  std::array<char, thread_name_bytes> name;
};

/// The words of a ring, each in the pair of cache lines of who writes it: processors fetch the
/// neighbour of a line along with it.
///
///     line 0  byte   0  head      producer  position behind the last published record
///                    8  dropped   producer  records refused for lack of room, ever
///     line 2  byte 128  tail      consumer  position below which slots may be overwritten
///                  136  told      consumer  how many of `dropped` a line behind tail has told
///                  144  ends      consumer  where each of the last batches ended
///     line 4  byte 256  waiting   both      1 while the producer sleeps for room (a futex word)
///                  260  closed    both      1 once the producer's thread has ended
///                  264  source    producer  what its ticks count; before its first record
///     line 6  byte 384  thread    producer  before its first record
struct RingWords {
  alignas(128) Atomic<std::uint64_t> head;
  Atomic<std::uint64_t> dropped;
  alignas(128) Atomic<std::uint64_t> tail;
  Atomic<std::uint64_t> told;
  std::array<Atomic<std::uint64_t>, most_batches> ends;  // of batch b at b % most_batches
  alignas(128) Atomic<std::uint32_t> waiting;
  Atomic<std::uint32_t> closed;
  Atomic<std::uint32_t> source;  // 0: the time stamp counter; 1: CLOCK_MONOTONIC
  alignas(128) ThreadText thread;
};
static_assert(sizeof(RingWords) == 768);

/// The context of the records behind a position: the payload of the record that said so, whose
/// slots may have been overwritten. Of the two that a ring has, the one with the higher number
/// counts, or, if its position is beyond the tail, the other. A new one is written over the one
/// that does not count, the number last, and only then the tail moves on.
struct ContextPlace {
  Atomic<std::uint32_t> number;  // release
  std::uint16_t bytes;           // of the payload; 0: no context
  std::uint16_t is_spilled;      // 1: the payload is {u64 spill block id, u64 bytes}
  std::uint64_t from;            // position
  std::array<std::byte, 2032> payload;
};
static_assert(sizeof(ContextPlace) == page_bytes / 2);

/// What stands in front of a ring's slots.
inline constexpr std::size_t ring_head_bytes = 2 * page_bytes;

/// What ids stand for. Entries are never changed; `used` is stored behind the last one.
/// Those of an engine other than the default one begin with its number, in 4 bytes.
enum class EntryKind : std::uint16_t {
  site = 1,
  logger,
  sink,
  module,
  frame,
  level,
  logger_of_engine,
  sink_of_engine,
};

struct DictionaryHead {
  Atomic<std::uint64_t> used;  // bytes of entries behind this head
};

struct DictionaryEntry {
  std::uint32_t bytes;  // of this header and what follows, a multiple of 8
  EntryKind kind;
  std::uint16_t padding;  // of the bytes, at the end
  std::uint64_t id;       // among those of its kind
};

/// Lines that a sink could not write, or that a memory holds, finished and in order. Those of a
/// sink whose batch is younger than any `batch` says are not all there yet: its records are still
/// in the rings.
struct KeptHead {
  Atomic<std::uint64_t> used;   // bytes of lines behind this head
  Atomic<std::uint64_t> taken;  // of these, the first so many are needed no more
  Atomic<std::uint64_t> batch;  // all lines of batches up to it are in some chunk or written
  std::uint64_t number;         // chunks in the order of their making
};

struct KeptLine {
  /// Stands in `sink`: no line, but all lines of the memory that stand before it were passed on
  /// while `batch` was made, and are that batch's.
  static constexpr std::uint32_t passed_on = ~std::uint32_t{0};
  /// In `flags`: a memory that is closed discards the line.
  static constexpr std::uint32_t discarded_at_close = 1;

  std::uint64_t batch;
  std::uint64_t record;  // as the consumer counts them: tells which lines are of one record
  std::uint32_t sink;    // the place of its entry
  std::uint32_t flags;
  std::uint64_t bytes;  // of text, behind this; the next line begins at a multiple of 8
};

}  // namespace xylem::crash
