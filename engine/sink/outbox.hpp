#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sink/line_buffer.hpp"
#include "sink/record_set.hpp"
#include "sink/worker.hpp"

namespace xylem::sink {

/// Bounds of the records of some lines, of which there is at least one.
RecordRange range_of(const LineBuffer& lines);

/// Batches of lines on their way to the kernel by a thread of their own, so that it copies one
/// while the next is rendered. When one cannot be written, those behind it stay as they are too.
///
///     owner    | renders 1 | renders 2 | renders 3 | ...
///     thread               | writes 1     | writes 2     | ...
///
/// Belongs to one owner thread.
class Outbox {
 public:
  /// Writes the oldest lines and takes them; 0 when all are gone, else an errno. Runs on the
  /// thread, with the time and the number that send() was given.
  using HandOver = std::function<int(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch)>;

  /// Throws std::system_error when there can be no thread, std::bad_alloc.
  Outbox(HandOver hand_over, std::size_t block_bytes);

  /// Sends the lines, of which there must be some, and leaves an empty buffer in their place. Waits
  /// when too much is on its way. False, and nothing is sent, when some batch could not be written:
  /// then take_back() comes first.
  bool send(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number = 0);

  /// The same without waiting, for a descriptor that may be slow. Also false when too much is on
  /// its way. Which records the lines belong to is noted one by one.
  bool try_send(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number);

  /// First and last record of what is on its way; nothing when all is in the kernel's hands.
  std::optional<RecordRange> pending() const;

  /// The oldest record that is on its way, late ones left out.
  std::optional<std::uint64_t> oldest() const;

  /// Adds the records of what is on its way, whole batches; those that send() sent as a range.
  void collect_pending(RecordSet& into) const;

  /// What the batches on their way take of memory.
  std::size_t bytes_behind() const;

  /// The batches on their way as they were sent, oldest first. The thread only takes from them, so
  /// they can be read meanwhile. Nothing when a failure has stopped them.
  std::optional<std::vector<LineBuffer::Whole>> sent() const;

  /// take_back() need not wait.
  bool has_come_back() const { return has_failed() || worker_.turns_left() == 0; }

  /// Waits until no batch is on its way, or a failure has stopped them, `patience_ms` at most; then
  /// says whether that is so.
  bool wait(std::int64_t patience_ms) const;

  /// Waits until one more batch is written, or none can be, `patience_ms` at most.
  void wait_for_one(std::int64_t patience_ms) const;

  /// Has the kernel give all memory of the batches now. Before the first send().
  void touch() {
    for (Batch& batch : batches_) batch.lines.touch();
  }

  struct Outcome {
    int error = 0;              // errno; 0: everything was written
    bool has_progress = false;  // a part of it was
  };

  /// Waits for the thread. Puts what was not written in front of the lines, which grow as
  /// LineBuffer::append() does; records for which there is no memory are added to `lost`.
  Outcome take_back(LineBuffer& lines, std::size_t soft_limit_bytes, RecordSet& lost);

 private:
  /// One is filled elsewhere, one written; the others keep the thread busy while the owner wakes
  /// up.
  static constexpr std::uint32_t most_batches = 4;

  struct Batch {
    explicit Batch(std::size_t block_bytes) : lines{block_bytes} {}

    LineBuffer lines;
    RecordRange records{0, 0};
    std::uint64_t oldest = 0;  // in order
    RecordSet record_set;      // of try_send()
    std::size_t bytes = 0;
    std::size_t used_bytes = 0;
    std::int64_t sent_ms = 0;
    std::uint64_t number = 0;
    LineBuffer::Whole whole{};
  };

  Batch& put(LineBuffer& lines, std::int64_t now_ms, std::uint64_t batch_number);
  void write_next();
  bool has_failed() const { return error_.load(std::memory_order_relaxed) != 0; }
  /// How many may be left; all that can be when a failure has made their turns idle.
  std::uint32_t most_left() const;
  Batch& batch(std::uint32_t number) { return batches_[number % most_batches]; }
  const Batch& batch(std::uint32_t number) const { return batches_[number % most_batches]; }

  HandOver hand_over_;
  std::size_t block_bytes_;
  std::vector<Batch> batches_;
  std::uint32_t sent_ = 0;
  std::uint32_t written_ = 0;  // the thread's; stops at a batch that cannot be written
  std::atomic<int> error_{0};
  Worker worker_;  // the last member: it uses the others
};

}  // namespace xylem::sink
