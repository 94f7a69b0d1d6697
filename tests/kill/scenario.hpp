#pragma once

// What a run of kills on the same files is made of.

#include <cstdint>
#include <random>
#include <string>

#include "journal.hpp"

namespace kill_test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  std::uint64_t next() { return engine_(); }
  /// 0 <= result < bound
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// Each order of magnitude between the two as likely as the other.
  double spread(double least, double most);
  template <typename T, std::size_t n>
  const T& pick(const T (&from)[n]) {
    return from[below(n)];
  }

 private:
  std::mt19937_64 engine_;
};

/// Where the rings of the children are.
enum class CrashFile {
  on,
  off,    // "crash_dir": null
  unset,  // the config says nothing
};

struct Scenario {
  std::int64_t max_bytes = 0;  // of a file; 0: it never rotates
  unsigned ring_slots = 4096;
  const char* clock = "tsc";
  bool has_second_file = false;  // of warnings and above
  bool has_console = false;      // errors go to stderr, a pipe
  bool console_stalls = false;   // which is not read while a child logs
  bool names_are_relative = false;
  bool has_attributes = false;  // of the process and thread that logged
  bool on_disk = false;
  bool logs_early = false;
  bool starts_threads = false;
  bool reconfigures = false;
  bool by_text = false;
  Sizes sizes = Sizes::mixed;
  std::uint32_t longest_burst = 0;
  std::uint32_t longest_pause_us = 0;
  unsigned kills = 0;

  /// One line for people.
  std::string text() const;
};

Scenario random_scenario(Random& random);

/// dictConfig JSON; `directory` is where the child runs and its files are.
std::string config_json(const Scenario& scenario, CrashFile crash_file,
                        const std::string& directory);

inline constexpr const char* first_file = "log.jsonl";
inline constexpr const char* second_file = "warnings.jsonl";
inline constexpr const char* crash_directory = "crash";

}  // namespace kill_test
