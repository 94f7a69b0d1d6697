#pragma once

// Threads that log without end while a test changes something under them.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <thread>
#include <vector>

#include <xylem/xylem.hpp>

namespace engine_test {

/// Each logs a WARNING with "p", its own number, and "n", which counts from 0, over and over.
class Storm {
 public:
  Storm(int threads, std::string_view logger) : logged_(static_cast<std::size_t>(threads)) {
    for (int p = 0; p < threads; ++p) {
      running_.emplace_back([this, p, log = xylem::get_logger(logger)] {
        std::int64_t n = 0;
        while (!is_over_) {
          XYLEM_WARNING(log, "", xylem::field("p", p), xylem::field("n", n++));
          if (n % 64 == 0) std::this_thread::yield();
        }
        logged_[static_cast<std::size_t>(p)] = n;
      });
    }
  }
  ~Storm() { end(); }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  /// How many records each thread has logged in the end.
  const std::vector<std::int64_t>& end() {
    is_over_ = true;
    for (std::thread& thread : running_) thread.join();
    running_.clear();
    return logged_;
  }

 private:
  std::atomic<bool> is_over_{false};
  std::vector<std::int64_t> logged_;
  std::vector<std::thread> running_;
};

}  // namespace engine_test
