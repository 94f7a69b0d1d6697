#pragma once

// What goes on beside the logging.

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "outputs.hpp"

namespace soak {

/// Forks children that log to files of their own, or run another program.
class Forker {
 public:
  /// @param config of the children, with @ for the path of their file
  Forker(std::string config, std::string directory, std::uint64_t seed);
  ~Forker() { stop(); }
  Forker(const Forker&) = delete;
  Forker& operator=(const Forker&) = delete;

  void stop();
  std::uint64_t forks() const { return forks_; }
  /// Children that did not end well, or whose lines were not as they should be.
  std::uint64_t wrong() const { return wrong_; }

 private:
  void run();
  bool child_logs();
  static bool child_runs_a_program();

  std::string config_;
  std::string directory_;
  std::uint64_t seed_;
  std::atomic<bool> stops_{false};
  std::atomic<std::uint64_t> forks_{0};
  std::atomic<std::uint64_t> wrong_{0};
  std::thread thread_;
};

/// A reader of standard output who is slow at times. Standard output is its pipe from now on.
class Console {
 public:
  Console(Output& output, std::uint64_t seed);
  ~Console() { finish(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Reads to the end: standard output is what it was before.
  void finish();

 private:
  void run(std::uint64_t seed);

  Output& output_;
  int reader_;
  int former_;
  std::atomic<bool> hurries_{false};
  std::thread thread_;
};

/// What the engine reports on stderr goes to a file while it lives: each fault has its lines.
class Reports {
 public:
  explicit Reports(std::string file);
  ~Reports() { finish(); }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  /// Standard error is what it was before.
  void finish();

  /// The last ones.
  std::string tail() const;

 private:
  std::string file_;
  int former_;
};

}  // namespace soak
