#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crash/layout.hpp"
#include "record/level_names.hpp"
#include "record/site.hpp"
#include "record/thread.hpp"
#include "recover/bytes.hpp"
#include "recover/dictionary.hpp"
#include "recover/parts.hpp"
#include "stacks/module.hpp"

namespace xylem::recover {

/// A record that may not be in all files, checked: its payload is what its site says.
struct Record {
  const record::Site* site;
  const NameOfEngine* logger;
  std::uint64_t position;  // in its ring
  std::int64_t time_ns;    // since the epoch, UTC
  const std::byte* payload;
};

struct Ring {
  record::Thread thread;
  std::uint64_t start;  // records before it are certainly in all files
  std::uint64_t head;
  std::array<std::uint64_t, crash::most_batches> ends;
  std::uint64_t dropped;
  std::uint64_t told;
  std::string_view context;     // the encoded fields in force at `start`
  std::vector<Record> records;  // from `start` on, in the order of their positions
};

/// A line that the file did not take, as it was to be written.
struct KeptLine {
  std::uint64_t record;  // the dead consumer's number of it
  std::string_view text;
};

struct SinkState {
  std::string name;
  std::uint32_t engine;  // 0 for stdout and stderr, which all engines share
  std::size_t nth;       // of the engine's sinks of that name
  std::uint64_t written;
  crash::SinkEntry::Place place;  // where the batches up to `written` end
  std::size_t entry;              // its number in the file
  std::uint64_t kept = 0;         // of batches up to this one all lines are written or in `lines`
  std::vector<KeptLine> lines;    // in their order
};

/// A line that a memory held, or had passed on not long ago.
struct HeldLine {
  std::uint64_t batch;   // with which its record came
  std::uint64_t passed;  // with which it was passed on; 0: not yet
  bool is_discarded;     // at close, unless it was passed on before
  std::size_t sink;      // its entry's number
  std::uint64_t record;  // the dead consumer's number of it
  std::string_view text;
};

/// A record that a flight recorder kept, or that was written not long ago because another had it
/// written. It may have been forgotten, too: only the last ones count.
struct RecordedRecord {
  std::uint64_t batch;   // with which it came
  std::uint64_t passed;  // with which it was written; 0: not yet
  std::uint64_t number;  // the dead consumer's
  Record record;
  record::Thread thread;
};

/// What the memories of an engine held and its flight recorders kept, by their numbers.
struct Holdings {
  std::vector<std::vector<HeldLine>> memories;
  std::vector<std::deque<RecordedRecord>> recorders;
};

/// Stands in SinkEntry::written once everything has been recovered into the sink, so that a second
/// try, after trouble with another sink, does not write it again.
inline constexpr std::uint64_t all_written = ~std::uint64_t{0};

/// Whether a sink of that name writes to what all engines of a process share.
inline bool is_stream(std::string_view sink_name) {
  return sink_name == "stdout" || sink_name == "stderr";
}

/// What a dead process left behind, read out of the bytes of its crash file and checked against
/// every bound: the bytes may have been written by anything. What cannot be read is counted.
struct Leftover {
  /// Nothing when these are not the bytes of a crash file of this version. The result points into
  /// `bytes`, which outlive it. Throws std::bad_alloc only.
  static std::optional<Leftover> parse(Bytes bytes);

  /// Null: the engine had no such sink of that name, or nothing is known of it.
  const SinkState* find_sink(const std::string& name, std::size_t nth = 0,
                             std::uint32_t engine = 0) const;

  /// The numbers of all engines that the process had, with a configuration or without.
  std::vector<std::uint32_t> engines() const;

  /// Whether the engine certainly has no line here that is not where it belongs.
  bool is_empty(std::uint32_t engine) const;

  /// The last batch that the sink (null: one that the process did not have) has got whole, or keeps
  /// what it has not: all_written when it has everything.
  std::uint64_t done(const SinkState* sink) const;

  /// From where on a ring's records may not be in the file of a sink (null: one that the process
  /// did not have); all_written when everything is.
  std::uint64_t start_of(const Ring& ring, const SinkState* sink) const;

  Origin origin;
  std::uint64_t first_batch = 0;
  std::vector<SinkState> sinks;
  std::vector<Ring> rings;
  std::map<std::uint32_t, Holdings> holdings;  // by engine
  std::uint64_t unreadable = 0;  // records, and parts of the file that may have held some

  // Behind the pointers of the records; none of these moves its elements.
  std::unordered_map<std::uint64_t, record::Site> sites;
  const record::Site* context_site = nullptr;  // of notes of a context, if there are any
  std::unordered_map<std::uint64_t, NameOfEngine> loggers;
  // What stacks in the records are shown with.
  std::unordered_map<std::uint64_t, stacks::Module> modules;
  std::unordered_map<stacks::Word, std::string> frames;
  std::vector<record::LevelName> level_names;
  std::deque<std::vector<std::byte>> unwrapped;
};

}  // namespace xylem::recover
