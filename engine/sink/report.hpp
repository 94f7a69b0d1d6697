#pragma once

#include <string_view>

namespace xylem::sink {

/// Tells the operator: one write(2) of "xylem: TEXT\n" to descriptor 2. Control characters are made
/// visible (\n, \x1b), and a text beyond 4 KiB is cut, which "..." shows. Any thread; never throws,
/// never allocates, never raises SIGPIPE; what cannot be written is gone.
void report(std::string_view text) noexcept;

/// While a sink has written half a line to stderr, reports must not go between its halves: they
/// wait (up to 16 KiB of them) until as many release_reports() as hold_reports() have been called.
void hold_reports() noexcept;
void release_reports() noexcept;

}  // namespace xylem::sink
