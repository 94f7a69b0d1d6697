#pragma once
/// @file
/// For tests of programs that log: what was logged, as records, and a clock that stands still.
///
///     TEST_CASE("a failed login is logged") {
///       xylem::testing::Capture cap{"my_app", xylem::Level::info};
///       log_in("alice", "wrong");
///       REQUIRE(cap.records().size() == 1);
///       CHECK(cap.records()[0].message() == "login failed");
///       CHECK(cap.records()[0].field("user") == "alice");
///       CHECK(cap.records()[0].level() == xylem::Level::warning);
///     }
///
/// Works in any test framework, and with any configuration or none. Records and levels print
/// themselves (operator<<, fmt).

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xylem/level.hpp>
#include <xylem/logger.hpp>
#include <xylem/record_view.hpp>

namespace xylem::testing {

/// A record with all that a RecordView shows, for as long as somebody has a copy of it: texts that
/// were taken from it live as long. Copies share them.
class Record : public RecordView {
 public:
  explicit Record(std::shared_ptr<const xylem::detail::RecordParts> parts)
      : RecordView{*parts}, owner_{std::move(parts)} {}

 private:
  std::shared_ptr<const xylem::detail::RecordParts> owner_;
};

namespace detail {
class CaptureLog;
}

/// Takes what a logger and those below it log while it lives, from any thread. Their threshold is
/// lowered to `level` whatever the configuration says, also of disabled loggers; filters of the
/// loggers count. The handlers of the configuration get what they would get without it. Where no
/// handler is configured, nothing goes to stderr meanwhile.
///
/// Captures nest, overlap, and go on through configure(). shutdown() ends what is captured until
/// the next configure().
///
/// Thread-safe but for its end.
class Capture {
 public:
  /// Whether the handlers of the configuration get the captured records as well.
  enum Others { along, only };

  /// @param logger dotted name in the default engine; "" or "root": all of its loggers
  explicit Capture(std::string_view logger = {}, Level level = Level::notset,
                   Others others = along);

  /// The same for a logger of any Engine, and those below it there.
  explicit Capture(Logger logger, Level level = Level::notset, Others others = along);

  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// What was logged since the beginning, or the last clear(), in the order of the lines of a file:
  /// all that this thread has logged, and all that another one logged before something that this
  /// thread saw of it. Waits for the engine; not to be called in a handler.
  std::vector<Record> records() const;

  /// The same as text, a line each, as pytest's caplog.text lays it out:
  /// "WARNING  my_app.db:db.cpp:12 slow query\n".
  std::string text() const;

  /// Forgets what was logged until now.
  void clear();

 private:
  std::shared_ptr<detail::CaptureLog> log_;
  const void* handler_;
  std::uint32_t engine_;
};

/// While one lives, records bear its time instead of the computer's: `asctime`, `timestamp`,
/// created(), and files roll by it.
///
///     xylem::testing::FakeClock clock{std::chrono::sys_days{2024y / 2 / 29}};
///     log.info("leap day");
///     clock.advance(24h);
///     log.info("March");
///
/// What the call itself decides goes by the computer's clock: XYLEM_INFO_EVERY(1s, ...) and its
/// like, and sampling at a logger.
///
/// A record has the time that was set when it was logged; what other threads log meanwhile has one
/// of both. The order of records stays that of the real time. Does not outlive the process: what a
/// recovery finds after a crash has the computer's time. One at a time, on one thread.
class FakeClock {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::nanoseconds>;

  explicit FakeClock(TimePoint now);
  ~FakeClock();
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  TimePoint now() const noexcept { return now_; }
  void set(TimePoint now);
  void advance(std::chrono::nanoseconds by) { set(now_ + by); }

 private:
  TimePoint now_;
};

}  // namespace xylem::testing
