#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "outputs.hpp"

namespace soak {

/// Logs a record's content, as kill_test::content_of() says.
void log_record(std::uint64_t lane, std::uint64_t number);

/// Threads that log in bursts, one lane each. Every few hundred records a lane goes to a new
/// thread.
class Speakers {
 public:
  explicit Speakers(std::uint64_t seed);
  ~Speakers() { stop(); }
  Speakers(const Speakers&) = delete;
  Speakers& operator=(const Speakers&) = delete;

  void stop();

  /// Calls that have returned; exact once stopped.
  std::array<std::uint64_t, lane_count> calls() const;

 private:
  void run(std::uint64_t lane, std::uint64_t seed);
  void talk(std::uint64_t lane, std::uint64_t seed);

  std::atomic<bool> stops_{false};
  std::array<std::atomic<std::uint64_t>, lane_count> calls_{};
  std::vector<std::thread> threads_;
};

}  // namespace soak
