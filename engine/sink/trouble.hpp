#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sink/retry.hpp"

namespace xylem::sink {

/// One period in which the kernel does not take a sink's lines: since when, why, when to try again,
/// what it cost, and what people are told. Each cause is reported once when it appears, and the end
/// once.
///
/// A full pipe (EAGAIN) is no fault but a slow reader: it is tried again sooner, and only reported
/// once it costs a line. Not thread-safe.
class Trouble {
 public:
  explicit Trouble(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  bool active() const { return retry_.active(); }
  bool due(std::int64_t now_ms) const { return retry_.due(now_ms); }
  std::int64_t retry_at_ms() const { return retry_.at_ms(); }

  /// The errno of the last failed(); 0 when there is no trouble.
  int cause() const { return cause_; }

  /// A try ended with `error`, after it had written something (`progress`) or nothing at all.
  void failed(int error, std::int64_t now_ms, bool progress);

  /// A new line found no room.
  void line_lost();

  /// Everything could be written.
  void ended();

  /// The sink goes away with `lines_left` lines that will never be written.
  void closed(std::uint64_t lines_left);

 private:
  void report_cause();
  void reset();

  std::string name_;
  Retry retry_;
  int cause_ = 0;
  std::vector<int> reported_;
  std::uint64_t lines_lost_ = 0;
};

}  // namespace xylem::sink
