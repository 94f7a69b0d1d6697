#include "sink/trouble.hpp"

#include <algorithm>
#include <cerrno>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"

namespace xylem::sink {

namespace {

struct Waits {
  std::int64_t first_ms;
  std::int64_t longest_ms;
};

// A pipe empties in no time once its reader runs; a disk does not.
constexpr Waits pipe_waits{1, 100};
constexpr Waits fault_waits{100, 1000};

bool is_full_pipe(int error) {
  return error == EAGAIN;
}

std::string lines_were_lost(std::uint64_t lines) {
  return std::to_string(lines) + (lines == 1 ? " line was lost" : " lines were lost");
}

}  // namespace

void Trouble::failed(int error, std::int64_t now_ms, bool progress) {
  cause_ = error;
  if (progress) retry_.start_over();
  const Waits waits = is_full_pipe(error) ? pipe_waits : fault_waits;
  retry_.failed(now_ms, waits.first_ms, waits.longest_ms);
  if (!is_full_pipe(error)) report_cause();
}

void Trouble::line_lost() {
  ++lines_lost_;
  report_cause();
}

void Trouble::report_cause() {
  if (std::find(reported_.begin(), reported_.end(), cause_) != reported_.end()) return;
  reported_.push_back(cause_);
  report(error_text(cause_, name_) + (is_full_pipe(cause_)
                                          ? " (its reader is too slow, lines are being lost)"
                                          : " (lines are kept and tried again)"));
}

void Trouble::ended() {
  if (!reported_.empty()) {
    std::string text = quoted(name_) + " can be written again";
    if (lines_lost_ > 0) text += ", " + lines_were_lost(lines_lost_);
    report(text);
  }
  reset();
}

void Trouble::closed(std::uint64_t lines_left) {
  lines_lost_ += lines_left;
  report(error_text(cause_, name_) + " (closed, " + lines_were_lost(lines_lost_) + ")");
  reset();
}

void Trouble::reset() {
  retry_.succeeded();
  cause_ = 0;
  reported_.clear();
  lines_lost_ = 0;
}

}  // namespace xylem::sink
