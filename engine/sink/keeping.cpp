// How far the lines have come, for whoever finds the crash file, and a second home there for those
// that the kernel does not take: before their slots are used again.
#include <algorithm>
#include <string>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"
#include "sink/sink.hpp"

namespace xylem::sink {

void Sink::keep_journal(crash::File* file, std::uint64_t batch, std::size_t nth,
                        std::uint32_t engine) {
  kept_.reset();
  journal_place_.reset();
  ended_batch_ = batch;
  ended_lines_ = first_line_;
  journal_ = file != nullptr ? file->sink_entry(name(), nth, engine) : nullptr;
  if (journal_ == nullptr && file != nullptr) {
    report("after a crash lines of " + quoted(name()) +
           " may be missing: the crash file follows at most " + std::to_string(crash::max_sinks) +
           " files and streams");
  }
  if (journal_ == nullptr) return;
  journal_place_ = file->place_of(*journal_);
  kept_ = std::make_unique<crash::KeptLines>(*file, crash::ExtentKind::kept, *journal_place_);
  // Whatever stands there is of another life of the sink.
  journal_->places[0] = journal_->places[1] = place();
  journal_->written.store_release(batch);
}

/// The place goes where the number before does not look: a number and its place are never of two
/// batches. The release is for a reader after the process' death.
void Sink::note_written(std::uint64_t batch) {
  if (journal_ == nullptr || batch == 0) return;
  const std::uint64_t before = journal_->written.load_relaxed();
  if (batch == before) return;
  if ((batch - before) % 2 == 0) {
    // Batches without lines here were passed over: one of them serves as the step between, and ends
    // where the number before it did.
    journal_->places[(batch - 1) % 2] = journal_->places[before % 2];
    journal_->written.store_release(batch - 1);
  }
  journal_->places[batch % 2] = place();
  journal_->written.store_release(batch);
}

/// All lines that have come until now are of this batch or of older ones.
void Sink::note_end(std::uint64_t batch) {
  if (batch == 0) return;
  ended_batch_ = std::max(ended_batch_, batch);
  ended_lines_ = first_line_ + buffer_.lines();
}

/// In trouble, where their slots are given up: the lines of all batches that have ended. Those of
/// the batch that is being made are still in the rings. Where there is no room for a line in the
/// crash file, it and those behind it are in memory alone.
void Sink::keep_lines() {
  if (kept_ == nullptr || (!trouble_.active() && kept_->lines() == 0)) return;
  std::optional<std::vector<LineBuffer::Whole>> sent;
  if (is_behind_) {
    sent = outbox_->sent();
    if (!sent) look_at_outbox();
  }
  forget_taken();
  if (!trouble_.active()) return;
  std::uint64_t number = first_line_;
  if (sent) {
    for (const LineBuffer::Whole& lines : *sent) number -= lines.lines;
    for (const LineBuffer::Whole& lines : *sent) {
      if (!keep(lines, number)) return;
      number += lines.lines;
    }
  }
  if (keep(buffer_.whole(), number)) kept_->publish(ended_batch_);
}

/// False: there is no room.
bool Sink::keep(const LineBuffer::Whole& lines, std::uint64_t first_number) {
  const std::uint64_t next = std::max(kept_from_ + kept_->lines(), first_number);
  const std::uint64_t end = std::min(first_number + lines.lines, ended_lines_);
  if (next >= end) return true;
  // From behind: most of what is here is kept already.
  const char* at = lines.text + lines.bytes;
  for (std::size_t i = lines.lines; i > next - first_number; --i) at -= lines.mark(i - 1).bytes;
  for (std::uint64_t number = next; number < end; ++number) {
    const LineBuffer::Mark& mark = lines.mark(number - first_number);
    const crash::KeptLines::Label label{ended_batch_, mark.record,
                                        static_cast<std::uint32_t>(*journal_place_)};
    if (!kept_->add({at, mark.bytes}, label)) return false;
    at += mark.bytes;
  }
  return true;
}

/// The oldest of the kept lines may have been written meanwhile.
void Sink::forget_taken() {
  const std::shared_ptr<Console> console = is_behind_ ? this->console() : nullptr;
  const std::uint64_t oldest = console != nullptr ? console->lines_taken() : first_line_;
  if (oldest > kept_from_) kept_->take(oldest - kept_from_);
  kept_from_ = oldest;
}

void Sink::clear_kept() {
  if (kept_ != nullptr) kept_->clear();
  kept_from_ = first_line_;
}

}  // namespace xylem::sink
