#include "route/duplicates.hpp"

#include <utility>

#include <fmt/format.h>

#include "format/message.hpp"

namespace xylem::route {

bool DuplicateFilter::passes(const record::View& view) const {
  if (view.levelno() >= rule_.below) return true;
  std::string message = format::render_message(view);
  const bool is_same = run_ && run_->message == message && run_->first.logger == view.logger &&
                       run_->first.levelno == view.levelno();
  if (is_same && !is_over(view.time_ns)) {
    ++run_->repeated;
    return false;
  }
  if (run_) note_ = note_of(*run_);
  run_ = Run{HeldBack{view}, std::move(message), view.time_ns, 0};
  return true;
}

std::optional<Note> DuplicateFilter::take_note(std::int64_t now_ns, bool is_end) const {
  if (note_) return std::exchange(note_, std::nullopt);
  if (!run_ || (!is_end && !is_over(now_ns))) return std::nullopt;
  std::optional<Note> note = note_of(*run_);
  if (is_over(now_ns)) run_.reset();
  return note;
}

std::optional<Note> DuplicateFilter::note_of(Run& run) {
  const std::uint64_t repeated = std::exchange(run.repeated, 0);
  if (repeated == 0) return std::nullopt;
  return Note{run.first,
              repeated == 1 ? "repeated once: " + run.message
                            : fmt::format("repeated {} times: {}", repeated, run.message),
              "repeated", repeated};
}

}  // namespace xylem::route
