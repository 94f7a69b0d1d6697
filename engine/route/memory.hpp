#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "route/handler.hpp"
#include "sink/record_set.hpp"

namespace xylem::route {

class Memory;

/// The record that is being delivered while others are passed on.
struct Present {
  std::uint64_t number;
  std::int64_t time_ns;  // since the epoch; 0: there is none, the handlers are being closed
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

/// The records that one `logging.handlers.MemoryHandler` holds, as the lines that they will be: the
/// slots that they came in are needed for others. In memory alone: killed, a process takes them
/// along.
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

  void pass_on(Present present);

  const MemoryRule* rule_;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  sink::RecordSet records_;
};

}  // namespace xylem::route
