#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crash/kept.hpp"
#include "route/handler.hpp"
#include "sink/record_set.hpp"

namespace xylem::route {

class Memory;

/// The record that is being delivered while others are passed on.
struct Present {
  std::uint64_t number;
  std::int64_t time_ns;  // since the epoch; of the clock when the handlers are being closed
};

/// What one record becomes at one handler behind a memory: a line, or what is behind another
/// memory.
struct Parcel {
  const Handler* handler;    // that of a sink
  Memory* memory = nullptr;  // or this
  std::string line;          // with its terminator
  bool is_unformattable = false;
  std::vector<Parcel> parcels;  // behind the memory
};

/// Puts a line of an older record where lines of the present one go, or what is behind a memory
/// into that.
void hand_on(Parcel& parcel, std::uint64_t number, int levelno, Present present);

/// The records that one `logging.handlers.MemoryHandler` holds, as the lines that they will be: the
/// slots that they came in are needed for others. What is held when a batch ends is copied into the
/// crash file, so that a kill loses none; what comes and goes within a batch is not.
///
/// Belongs to the consumer thread.
class Memory {
 public:
  /// `rule` must outlive it.
  explicit Memory(const MemoryRule& rule) : rule_{&rule} {}

  /// Holds one more record, and passes on all of them when it is the last that there is room for or
  /// an important one. `present` is the record of that number, or a later one when another memory
  /// passes this one on.
  void take(std::uint64_t number, int levelno, std::vector<Parcel> parcels, Present present);

  /// From now on copies go into that file, as those of memory `number`. Null: no more.
  void keep_in(crash::File* file, std::uint64_t number);

  /// Before the first line of that batch is written: what it brought and is held, and that what it
  /// has passed on is its own.
  void end_batch(std::uint64_t batch);

  /// The lines of batches before this one are in the kernel's hands, or kept by their sinks.
  void release(std::uint64_t first_batch);

  /// What was held has been written or given up.
  void forget_copies();

  /// The handler is closed: passes everything on, or forgets it, as the rule says.
  void close(Present present);

  /// The records that are held.
  const sink::RecordSet& records() const { return records_; }
  std::optional<sink::RecordRange> range() const;

 private:
  struct Held {
    std::uint64_t number;
    int levelno;
    std::vector<Parcel> parcels;
  };

  /// Lines in the crash file that were passed on with a batch.
  struct Passed {
    std::uint64_t batch;
    std::size_t lines;
  };

  void pass_on(Present present);
  bool copy(const Held& held, const std::vector<Parcel>& parcels, bool is_discarded,
            std::uint64_t batch);

  const MemoryRule* rule_;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  sink::RecordSet records_;

  std::unique_ptr<crash::KeptLines> copies_;
  std::size_t copied_ = 0;        // so many of `held_`
  std::size_t copied_lines_ = 0;  // of these, and of what has been passed on since the last batch
  bool has_passed_on_ = false;    // some of the copied since the last batch
  std::deque<Passed> passed_;
};

}  // namespace xylem::route
