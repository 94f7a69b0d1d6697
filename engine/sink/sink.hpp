#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crash/kept.hpp"
#include "sink/console.hpp"
#include "sink/line_buffer.hpp"
#include "sink/outbox.hpp"
#include "sink/record_set.hpp"
#include "sink/trouble.hpp"

namespace xylem::sink {

struct SinkOptions {
  /// Size of the buffer while all is well (lines and their 16-byte marks). It grows for a line that
  /// is larger, and goes back afterwards.
  std::size_t buffer_bytes = std::size_t{1} << 20;

  /// What a sink may hold while the kernel does not take it. A line that comes beyond that is given
  /// up and counted as failed.
  std::size_t max_kept_bytes = std::size_t{16} << 20;

  /// flush_behind() may use a thread of the sink's own: the kernel copies one batch while the next
  /// is rendered. Pays where there is more than one processor.
  bool has_own_thread = false;
};

/// Takes finished lines and hands them to the kernel in batches.
///
///     char* at = sink.reserve(bound);        // a formatter renders there, no copy is made
///     sink.commit(render(at), record);       // or no commit: then nothing has happened
///     sink.flush(now_ms);                    // once a batch
///
/// or, when the next batch waits already, `sink.flush_behind(now_ms)`, which uses a thread of the
/// sink's own (outbox.hpp).
///
/// A sink whose descriptor may keep a writer waiting (may_block()) has its lines written by a
/// thread of its own from the first one on, and nobody waits for it in flush(). When it takes
/// nothing for `stall_ms`, that is trouble: the lines that come are kept, as those of a full disk,
/// and it holds nothing else back. apart.cpp tells how.
///
/// A line ends up in exactly one of three states: in the kernel's hands, kept (`pending`), or given
/// up (`collect_failed`). Trouble never throws and never ends the program: it is reported on stderr
/// and the lines are tried again, in order, a torn one completed first.
///
/// Thread-safety: built on the configuring thread; afterwards everything belongs to the consumer
/// thread, which has called block_write_signals() (signals.hpp). What a sink's own thread touches
/// is left alone from flush_behind() until finish().
class Sink {
 public:
  /// Bytes behind the reserved ones that a renderer may overwrite.
  static constexpr std::size_t slack_bytes = LineBuffer::slack_bytes;

  virtual ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// Room for a line of up to `bytes` bytes, plus slack. May write or grow first. Valid until the
  /// next call of anything but commit(). Throws std::bad_alloc when a large line finds no memory:
  /// the sink is as it was, and the caller may give_up() the record.
  char* reserve(std::size_t bytes) {
    char* at = buffer_.reserve(bytes);
    if (at == nullptr) [[unlikely]] {
      at = reserve_slowly(bytes);
    }
    return at;
  }

  /// reserve() where that is neither to write nor to grow; else null.
  char* reserve_quickly(std::size_t bytes) { return buffer_.reserve(bytes); }

  /// The line is [reserved, end), terminator included. `record` never decreases from call to call;
  /// the same number may come twice (a handler that is listed twice).
  void commit(char* end, std::uint64_t record) {
    buffer_.commit(end, record);
    if (watched_) [[unlikely]] {
      after_commit();
    }
  }

  /// The same for a record that others have overtaken; `present` is the number of the one that is
  /// being delivered.
  void commit_late(char* end, std::uint64_t record, std::uint64_t present) {
    buffer_.commit(end, record);
    buffer_.note_late(record, present);
    if (watched_) after_commit();
  }

  /// Counts the record as failed here although no line was committed: its formatter threw.
  void give_up(std::uint64_t record) { failed_.insert(record); }

  /// How long a descriptor that may block need not take a byte before it is trouble.
  static constexpr std::int64_t stall_ms = 100;

  /// Hands everything buffered to the kernel, with one write(2) when all is well; where that may
  /// block, to the sink's own thread. `now_ms` is a
  /// steady clock in ms; it never decreases and times the retries: in trouble a call that comes
  /// before retry_at_ms() does nothing. `batch` is the number of the batch that ends here; numbers
  /// increase, 0: none does.
  void flush(std::int64_t now_ms, std::uint64_t batch = 0);

  /// Has everything buffered handed to the kernel while the caller goes on; waits when too much is
  /// on its way already. The same as flush() when the batch is small, in trouble, and without a
  /// thread.
  void flush_behind(std::int64_t now_ms, std::uint64_t batch = 0);

  /// From now on writes into the crash file which batches are in the kernel's hands; up to `batch`
  /// all are. What the kernel does not take is kept there too. `nth`: how many sinks of the same
  /// name come before this one in its engine. Null: no more.
  void keep_journal(crash::File* file, std::uint64_t batch, std::size_t nth,
                    std::uint32_t engine = 0);

  /// The place of the sink's entry in that file.
  std::optional<std::uint64_t> journal_place() const { return journal_place_; }

  /// The oldest record that is on its way, or waits for room on it, and is not in the kernel's
  /// hands yet; nothing in trouble, where lines are kept here. Late ones are in no ring any more.
  std::optional<std::uint64_t> oldest_behind() const {
    if (trouble_.active()) return std::nullopt;
    const auto oldest = is_behind_ ? outbox_->oldest() : std::nullopt;
    if (oldest) return oldest;
    return buffer_.empty() ? std::nullopt : std::optional{buffer_.oldest_in_order()};
  }

  /// Waits until no record before `record` is behind; for a descriptor that may block while it
  /// takes lines, and no longer than `stall_ms` while it does not.
  void wait_until_past(std::uint64_t record);

  /// The same until all lines have been taken. In trouble, only as long as it is still moving.
  void settle();

  /// When flush() should be called again although nothing new came, on the clock of flush();
  /// INT64_MAX when there is no reason to.
  std::int64_t retry_at_ms() const {
    if (is_behind_ && !trouble_.active()) return moved_ms_ + stall_ms;
    return trouble_.retry_at_ms();
  }

  /// Nothing is buffered, kept or under way.
  bool idle() const { return buffer_.empty() && !is_behind_; }

  std::size_t buffered_bytes() const { return buffer_.bytes(); }

  /// Bounds of the records of the lines that the kernel has not got whole. This sink
  /// never gives up a record below `first` any more, nor one between `last` and the next commit,
  /// unless it comes late.
  std::optional<RecordRange> pending() const;

  /// Adds every record with a line here that the kernel has not got whole; of a batch that is being
  /// written all from its first to its last.
  void collect_pending(RecordSet& into) const;

  /// Moves the records given up since the last call into `into`.
  void collect_failed(RecordSet& into);

  /// Last flush. A full pipe is waited for as long as its reader takes something every
  /// `patience_ms`; what then is still here is given up, counted (collect_failed) and reported; a
  /// line of which a file got only a part is cut off again. Closes the file; never stdout or
  /// stderr. Afterwards only the queries may be called.
  void close(std::int64_t patience_ms);

  /// Nothing of the configuration that this belongs to can fail any more; before the first line,
  /// of this process or of one that died. Only now is what stood in a file of mode 'w' thrown away:
  /// a configuration that is refused costs no line.
  virtual void begin() {}

  /// The sinks of the former configuration, which may have written to the same file until now, are
  /// closed; before the first line.
  virtual void take_over() {}

  /// Whether what is done with a line depends on when it was logged: note_time() has to tell.
  virtual bool wants_times() const { return false; }

  /// The time, in ns since the epoch, of the line that is reserved and committed next.
  virtual void note_time(std::int64_t time_ns) { static_cast<void>(time_ns); }

  /// The process is about to fork; nothing is on its way.
  void share() { share_file(); }

  /// Drops what is buffered without counting it: in the child of a fork, where the lines are the
  /// parent's to write.
  void forget();

  /// The first `bytes` bytes of the line just committed, the only one here, are the end of the file
  /// already: a process that has died had begun it. The next flush() writes the rest.
  void resume(std::size_t bytes) { buffer_.take(bytes); }

  /// Takes back what flush() has not written, without counting it: it is kept elsewhere. A line of
  /// which a file got only a part is cut off again.
  void withdraw();

  /// What people call it: an absolute path, "stdout", "stderr".
  const std::string& name() const { return trouble_.name(); }

 protected:
  Sink(std::string name, SinkOptions options);

  /// Writes the oldest lines and take()s them. 0 when all are gone, else the errno that stopped it.
  /// `now_ms` is that of the flush. On the consumer thread, or on the sink's own while the consumer
  /// leaves alone what this needs.
  virtual int hand_over(LineBuffer& lines, std::int64_t now_ms) = 0;

  /// What poll(2) can wait for, or -1.
  virtual int descriptor() const { return -1; }

  /// Whether a write may have to wait for somebody who reads.
  virtual bool may_block() const { return false; }

  /// Where it may: what hand_over() is on the sink's own thread, where it may wait, and what
  /// interrupts it: then it ends with EAGAIN. Shared, because a thread that the kernel does not let
  /// go outlives the sink.
  virtual std::shared_ptr<Console> console() { return nullptr; }

  /// The bytes of a line that will never be completed are the last thing that was written.
  virtual void cut_torn_line(std::size_t bytes) { static_cast<void>(bytes); }

  /// Gives the file back; 0 or errno.
  virtual int release() { return 0; }

  /// Whether the error that stopped hand_over() is the oldest line's own: no other try will write
  /// it, so it is given up, and the others go on. Reports it. On the consumer thread.
  virtual bool refuses_line(int error) {
    static_cast<void>(error);
    return false;
  }

  /// From now on a child of the process has the file too.
  virtual void share_file() {}

  /// Where the next line will stand, when that is in a regular file. On the thread of hand_over().
  virtual crash::SinkEntry::Place place() const { return {}; }

  /// Gets what is on its way back from the sink's own thread. When that does not answer, leaves the
  /// thread behind; the number of lines that it has, which count as failed.
  std::uint64_t call_back();

  /// Waits for the batch that is under way.
  void finish();

  /// Nothing is under way any more. The destructor of a class whose hand_over() may run on the
  /// sink's own thread calls it, before what that needs is gone.
  void leave_thread() {
    call_back();
    finish();
  }

  const LineBuffer& buffer() const { return buffer_; }

  /// The number of the line that is committed next.
  std::uint64_t next_line() const { return buffer_.next_line(); }

 private:
  /// What the sink's own thread needs of the sink, while there is one.
  struct Link;

  char* reserve_slowly(std::size_t bytes);
  void try_to_write();
  void conclude(int error, bool progress);
  bool give_up_refused(int error);
  bool has_outbox();
  void wait_and_write(std::int64_t patience_ms);
  void after_commit();
  void give_up_everything(std::uint64_t left_behind);
  bool has_caught_up() const;
  void watch();
  void note_written(std::uint64_t batch);
  int write_here();

  // What the kernel does not take; in keeping.cpp:
  void note_end(std::uint64_t batch);
  void keep_lines();
  bool keep(const LineBuffer::Whole& lines, std::uint64_t first_number);
  void forget_taken();
  void clear_kept();

  // Of a descriptor that may block; in apart.cpp:
  bool goes_apart();
  Outbox::HandOver own_thread_job();
  void flush_apart(std::int64_t now_ms);
  void look_at_outbox();
  void send_apart(bool is_due);
  void make_room_apart(std::size_t bytes);
  std::uint64_t close_apart(std::int64_t patience_ms);
  std::size_t kept_bytes() const;
  template <typename Enough>
  void wait_while_moving(std::int64_t patience_ms, Enough enough);

  LineBuffer buffer_;  // being filled
  Trouble trouble_;
  RecordSet failed_;
  std::int64_t now_ms_ = 0;
  SinkOptions options_;
  crash::SinkEntry* journal_ = nullptr;
  std::optional<std::uint64_t> journal_place_;

  // Lines are numbered in the order in which they came.
  std::uint64_t first_line_ = 0;   // the oldest in the buffer
  std::uint64_t ended_batch_ = 0;  // the last batch that has ended...
  std::uint64_t ended_lines_ = 0;  // ...before this line
  std::uint64_t kept_from_ = 0;    // the oldest in the crash file
  std::unique_ptr<crash::KeptLines> kept_;

  /// A commit needs a second look: in trouble, or in a buffer that has grown for a large line.
  bool watched_ = false;

  /// Something has been sent since the last finish().
  bool is_behind_ = false;

  /// It has been sent to a descriptor that may block...
  bool is_apart_ = false;
  std::int64_t moved_ms_ = 0;  // ...which took something then, on the clock of flush()
  std::uint64_t seen_progress_ = 0;
  bool has_no_thread_ = false;  // none is to be had
  std::shared_ptr<Link> link_;
  std::unique_ptr<Outbox> outbox_;  // the last member: its thread uses the others
};

}  // namespace xylem::sink
