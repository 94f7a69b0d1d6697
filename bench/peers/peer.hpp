#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// How an engine takes part in the measurements: one source file, `bench/peers/<engine>.cpp`, with
/// a class like this one and a main() that hands it to the driver (driver.hpp). It is a template
/// parameter there rather than a base class: a virtual call would stand in the measured path.
///
///     class Mine {
///      public:
///       static constexpr std::string_view name = "mine";
///       static constexpr bool writes_json = false;  // true: every line is parsed as an object
///
///       explicit Mine(const bench::Setup& setup);  // configures the engine
///       void attach();                             // in each thread before it logs
///       void three_numbers(int a, long b, double c);
///       void three_fields(std::int64_t a, std::int64_t b, double c);
///       void finish();  // returns when all that was logged is in the kernel's hands
///
///       // Each of these is optional; the variant of its name is then not supported.
///       void string_field(const std::string& user, int user_id);
///       void disabled(int a, long b, double c);
///       void macro_free(int a, long b, double c);
///
///       // Optional: further variants. Setup::variant tells which one is run, with the calls
///       above. static constexpr std::array<std::string_view, 1> variants = {"spinning"};
///     };
///
///     int main(int count, char** arguments) { return bench::run<Mine>(count, arguments); }
///
/// What the calls log, at level INFO unless said otherwise, one line each:
///
///     three_numbers   "a {} b {} c {}"
///     three_fields    the same message; where lines have fields, also "a", "b" and "c" as numbers
///     string_field    "user {} logged in", and the field user_id; without fields, in the message
///     disabled        as three_numbers, at a level that is off
///     macro_free      as three_numbers, by a function instead of a macro
///
/// An engine is set up at its best, with two conditions: it loses nothing (a full queue makes the
/// caller wait), and it notes the time of each call to the microsecond or better. Lines show that
/// time, the level, the logger or thread, and the place of the call as far as the engine can. The
/// calls are to be inlined as they would be in a program; all of them may run in several threads.
/// Whatever goes wrong is thrown; finish() throws when the engine itself knows of a loss.
///
/// Outside this repository: compile with -Ibench -Ibench/peers, and link the sources that
/// bench/peers/meson.build lists for `peers_driver`, fmt and simdjson. The driver's headers include
/// nothing but the standard library.
namespace xylem::bench {

/// What an engine is told before it is run.
struct Setup {
  /// Where the lines go. The directory exists and is empty; everything in it counts as output, so
  /// an engine may choose the names of its files.
  std::filesystem::path file;
  /// The size at which the file is rotated, and how many older ones are kept. An engine that does
  /// not rotate, or does not remove, lets them grow.
  std::int64_t max_bytes = 0;
  int backup_count = 0;
  /// The variant, as in the table of scenarios (driver.hpp) or as the engine itself names it.
  std::string_view variant;
  /// How many threads will log.
  int threads = 1;
};

}  // namespace xylem::bench
