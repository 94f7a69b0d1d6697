#pragma once
/// @file
/// More than one configuration in a program.

#include <cstdint>
#include <string>
#include <string_view>

#include <xylem/config.hpp>
#include <xylem/level.hpp>
#include <xylem/logger.hpp>

namespace xylem {

/// Loggers, levels and handlers of their own beside those of the default engine, which the free
/// functions (get_logger(), configure_file(), set_level()) are about:
///
///     xylem::Engine api{"configs/api.json"};
///     xylem::Engine db{"configs/db.json"};
///     const xylem::Logger log = api.get_logger("my_app");   // not db.get_logger("my_app")
///     XYLEM_INFO(log, "as configs/api.json says");
///
/// The same name in two engines is two loggers, with levels and handlers that have nothing to do
/// with each other; nothing propagates from one engine to another. Everything that takes a Logger
/// takes these: the macros, with(), testing::Capture. What belongs to a thread (Context,
/// set_thread_name()) shows in all engines.
///
/// An Engine is a configuration, not a thread: all engines of a process share its rings, its
/// consumer, its crash file and its counters (stats()), so a call costs the same whatever its
/// logger's engine. Two engines may write to one file, as two handlers of one configuration may;
/// records reach it in the order in which they were logged within one engine, and batch by batch
/// between them. Lines to stdout and stderr are never mixed within a line.
///
/// **What is the process' own.** Of the object "xylem" in a configuration, `ring`, `clock`,
/// `signals` and `synchronous` hold for the process. The default engine's configuration sets them;
/// before it has one, that of the first Engine does. In the configuration of another Engine each of
/// them has to be what is in force, or absent; so has `maxsize` of a queue no effect there.
/// `sinks` counts in each. The default engine cannot move to another `crash_dir` while other
/// engines are configured. What the engine itself says (records that were dropped, fatal signals)
/// is logged in the default engine, under "xylem".
///
/// **The end.** The destructor returns when all that was logged before is written and the handlers
/// are closed. Handles of its loggers stay valid for ever: what they log then goes the way of an
/// engine without a configuration, so warnings and above are shown on stderr as bare messages.
/// shutdown() leaves all engines in that state, and configure() brings one back from it.
///
/// **After a crash** the next configure() of an Engine recovers what belongs to its configuration
/// (the same file, or the same text), whichever program and Engine it was logged in; records of
/// other engines in the same crash file wait for theirs. `xylem recover` does the same for the
/// config it is given.
///
/// A process may have 127 configured engines at a time. Thread-safe but for its end.
class Engine {
 public:
  /// Without a configuration: warnings and above go to stderr as bare messages.
  Engine();

  /// Configured from a file, as by configure_file().
  /// @throws ConfigError
  explicit Engine(const std::string& file);

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The logger of that dotted name in this engine; "" and "root" are its root. Takes a lock: keep
  /// the handle rather than ask for it at every call.
  Logger get_logger(std::string_view name = {}) const;

  /// As xylem::configure_file() and xylem::configure(), for this engine's loggers and handlers; the
  /// others go on undisturbed. The first configuration of any engine ends the wait of records that
  /// were logged before it.
  /// @throws ConfigError also for what differs from the process' own settings that are in force
  void configure_file(const std::string& file);
  void configure(std::string_view json_text);

  /// As xylem::set_level() and its fellows (levels.hpp), for a logger of this engine.
  void set_level(std::string_view logger, Level level);
  void set_level_below(std::string_view logger, Level level);
  Level effective_level(std::string_view logger) const;

  /// The same as xylem::flush(): there is one stream of records.
  void flush() const;

 private:
  std::uint32_t number_;  // what its loggers are registered under; never used again
};

}  // namespace xylem
