#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "peer.hpp"

namespace xylem::bench {

/// What should be found in the files of a run.
struct Expected {
  std::int64_t records = 0;
  /// What only the lines of records contain. An engine's own lines, such as the head of a file, may
  /// stand between them, unless it writes JSON.
  std::string_view marker;
  bool json = false;
  /// More than 0: the messages are "a N b ...", where N % producers is the thread that logged it
  /// and N / producers counts its records without a gap.
  int producers = 0;
};

/// What was found. `bytes` is that of all lines, also of those in files that rotation has removed:
/// they are taken to be as long as the others on the average.
struct Found {
  std::int64_t bytes = 0;
};

/// Reads all files in the directory of `setup.file`. Throws std::runtime_error, saying what is
/// wrong, when a line is no JSON object though all should be, or when records are missing, double,
/// or in another order than their thread logged them. Only those that stood in files which rotation
/// removes may be missing: the oldest of each thread, while as many files are full as should be.
Found validate(const Setup& setup, const Expected& expected);

}  // namespace xylem::bench
