#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crash/kept.hpp"
#include "route/raw_record.hpp"
#include "route/recorder_rule.hpp"
#include "sink/record_set.hpp"

namespace xylem::route {

/// A record in a flight recorder: as it came off the ring, but whole, without pointers.
struct Recorded {
  std::uint64_t number;
  std::string packed;  // route/packed_record.hpp
};

/// The newest records below the levels of the loggers of a RecorderRule. Nothing is rendered until
/// they are asked for. What is held when a batch ends is copied into the crash file, so that a kill
/// loses none; what comes and goes within a batch is not.
///
/// Belongs to the consumer thread.
class Recorder {
 public:
  explicit Recorder(RecorderRule rule) : rule_{std::move(rule)} {}

  const RecorderRule& rule() const { return rule_; }

  /// Keeps one more, and forgets the oldest for which there is no room then.
  void keep(std::uint64_t number, const RawRecord& raw, std::size_t payload_bytes);

  /// Moves what is kept to the end of `to`: it is written with the batch that is being made.
  void pass_on(std::vector<Recorded>& to);

  /// Nobody has asked.
  void forget();

  std::size_t size() const { return size_; }
  /// The numbers between which all that are kept lie.
  std::optional<sink::RecordRange> range() const;

  // As those of a Memory, with the recorder's number:

  void keep_in(crash::File* file, std::uint64_t number);
  void end_batch(std::uint64_t batch);
  void release(std::uint64_t first_batch);
  void forget_copies();

 private:
  /// Copies in the crash file that a batch has made needless.
  struct Spent {
    std::uint64_t batch;
    std::size_t copies;
  };

  Recorded& at(std::size_t i) { return slots_[(first_ + i) % slots_.size()]; }
  const Recorded& at(std::size_t i) const { return slots_[(first_ + i) % slots_.size()]; }
  void drop_oldest();

  RecorderRule rule_;
  std::vector<Recorded> slots_;  // a circle, whose texts keep their memory
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;

  std::unique_ptr<crash::KeptLines> copies_;
  std::size_t copied_ = 0;          // so many of the oldest that are kept
  std::size_t dropped_copies_ = 0;  // since the last batch
  std::size_t passed_copies_ = 0;   // likewise, or earlier where there was no room to say so
  std::deque<Spent> spent_;
};

}  // namespace xylem::route
