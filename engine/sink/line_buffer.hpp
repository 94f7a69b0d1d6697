#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace xylem::sink {

/// Finished lines that the kernel does not have yet, and for each of them its length and its
/// record.
///
///     block                                                                       block + capacity
///     | gone | lines, oldest first      | room ...        | marks, youngest first | gone |
///            ^ head                     ^ tail            ^ marks                 ^ marks_end
///
/// Text grows up and marks grow down in one block, so that one comparison tells whether a line
/// fits, and a flood of tiny lines is bounded as well as a few large ones.
/// Not thread-safe.
class LineBuffer {
 public:
  /// Bytes behind a reserved line that the renderer may overwrite with whole vector stores.
  static constexpr std::size_t slack_bytes = 64;

  struct Mark {
    std::uint64_t record;
    std::uint64_t bytes;
  };

  /// `capacity_bytes`: text and marks together; rounded up to a small minimum.
  explicit LineBuffer(std::size_t capacity_bytes);

  /// Where the next line of up to `bytes` may be rendered, or null when there is no room.
  char* reserve(std::size_t bytes) {
    const auto room = static_cast<std::size_t>(reinterpret_cast<char*>(marks_) - tail_);
    if (bytes + slack_bytes + sizeof(Mark) > room) [[unlikely]] {
      return nullptr;
    }
    return tail_;
  }

  /// Adds the line [reserved, end).
  void commit(char* end, std::uint64_t record) {
    assert(end >= tail_ && end + sizeof(Mark) <= reinterpret_cast<char*>(marks_));
    --marks_;
    marks_->record = record;
    marks_->bytes = static_cast<std::uint64_t>(end - tail_);
    tail_ = end;
  }

  /// The line just committed is of a record that came before others whose lines are here already,
  /// or were. `present`: the number of the record that is being delivered; those to come are not
  /// below it.
  void note_late(std::uint64_t record, std::uint64_t present) {
    if (!has_late()) {
      lines_before_late_ = lines() - 1;
      late_since_ = present;
    }
    late_first_ = std::min(late_first_, record);
    late_last_ = present;
  }

  const char* data() const { return head_; }
  std::size_t bytes() const { return static_cast<std::size_t>(tail_ - head_); }
  std::size_t lines() const { return static_cast<std::size_t>(marks_end_ - marks_); }
  bool empty() const { return marks_ == marks_end_; }

  /// Text and marks together: what the buffer really holds.
  std::size_t used_bytes() const { return bytes() + lines() * sizeof(Mark); }

  std::size_t capacity_bytes() const { return capacity_; }

  /// The number of the oldest line, or of the next one when there is none: lines are numbered in
  /// the order in which they come, through all buffers that continue one another.
  std::uint64_t first_line() const { return first_line_; }
  std::uint64_t next_line() const { return first_line_ + lines(); }

  /// The next line here is the one behind those of `older`. Only while empty.
  void continue_from(const LineBuffer& older) { first_line_ = older.next_line(); }

  /// The mark of the i-th line, 0 being the oldest.
  const Mark& mark(std::size_t i) const { return *(marks_end_ - 1 - i); }

  /// Bounds of the records of all lines, of which there is at least one. Lines stand in the order
  /// of their records, but for late ones.
  std::uint64_t first_record() const { return std::min(mark(0).record, late_first_); }
  std::uint64_t last_record() const { return std::max(marks_->record, late_last_); }

  /// No record before that one has a line here that is not late.
  std::uint64_t oldest_in_order() const {
    return has_late() && lines_before_late_ == 0 ? late_since_ : mark(0).record;
  }

  /// How many bytes of the oldest line have been taken already; 0 when it is whole.
  std::size_t torn_bytes() const { return torn_; }

  /// The oldest `bytes` bytes are in the kernel's hands; lines end as their last byte goes, those
  /// of no bytes with the one before, but no more than `most_lines`.
  void take(std::size_t bytes, std::size_t most_lines = std::numeric_limits<std::size_t>::max());

  /// The lines as they are now, from the oldest one's begin on, though it be torn. It stays while
  /// lines are only taken.
  struct Whole {
    const char* text;
    std::size_t bytes;
    const Mark* marks_end;  // the oldest line's is in front of it, the others before that
    std::size_t lines;

    const Mark& mark(std::size_t i) const { return *(marks_end - 1 - i); }
  };
  Whole whole() const { return {head_ - torn_, torn_ + bytes(), marks_end_, lines()}; }

  /// Nothing of the oldest line has been taken: it will be written whole, elsewhere.
  void untear() {
    head_ -= torn_;
    torn_ = 0;
  }

  /// Has the kernel give all memory of the buffer now, instead of page by page while batches grow.
  void touch();

  /// Adds copies of all lines of `younger`, which are whole. Grows as make_room() does.
  /// Throws std::bad_alloc, and then nothing has changed.
  void append(const LineBuffer& younger, std::size_t soft_limit_bytes);

  /// Removes the youngest line, which must be whole.
  void take_back();

  /// Removes everything.
  void clear();

  /// Makes room for a line of up to `bytes`: by moving what is held to the block's ends, else into
  /// a larger block, of twice the size as long as that is not beyond `soft_limit_bytes`.
  /// Throws std::bad_alloc, and then nothing has changed.
  void make_room(std::size_t bytes, std::size_t soft_limit_bytes);

  /// Goes back to a block of `capacity_bytes` when empty and larger than that; keeps the larger one
  /// when memory is so short that not even this can be had.
  void shrink(std::size_t capacity_bytes) noexcept;

 private:
  struct Release {
    void operator()(char* block) const;
  };
  using Block = std::unique_ptr<char, Release>;

  static Block allocate(std::size_t capacity_bytes);
  bool has_late() const { return late_first_ != none; }
  void forget_late();
  void adopt(Block block, std::size_t capacity_bytes);
  void compact();

  Block block_;
  std::size_t capacity_ = 0;
  char* head_ = nullptr;
  char* tail_ = nullptr;
  Mark* marks_ = nullptr;
  Mark* marks_end_ = nullptr;
  std::size_t torn_ = 0;
  std::uint64_t first_line_ = 0;

  // Since the buffer was empty:
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t late_first_ = none;
  std::uint64_t late_last_ = 0;
  std::uint64_t late_since_ = 0;
  std::size_t lines_before_late_ = 0;
};

}  // namespace xylem::sink
