#pragma once

#include <string_view>

namespace xylem::sink {

/// Tells the operator: one write(2) of "xylem: TEXT\n" to descriptor 2. Control characters are made
/// visible (\n, \x1b), and a text beyond 4 KiB is cut, which "..." shows. Any thread; never throws,
/// never allocates, never raises SIGPIPE. When stderr is a pipe or a terminal that takes nothing,
/// up to 16 KiB of reports wait for the next call of anything here; what cannot be written is gone.
void report(std::string_view text) noexcept;

/// While a sink has written half a line to stderr, reports must not go between its halves: they
/// wait until as many release_reports() as hold_reports() have been called.
void hold_reports() noexcept;
void release_reports() noexcept;

/// Tries once more to write the reports that wait; again and again, when there is patience.
void write_held_reports(int patience_ms = 0) noexcept;

/// So many batches of lines more (or less) are on their way by threads of their own: a report that
/// is made later waits some milliseconds for them, so that it stands behind them.
void lines_are_ahead(int batches) noexcept;

/// In the child of a fork: reports that wait and lines on their way are the parent's.
void forget_reports() noexcept;

}  // namespace xylem::sink
