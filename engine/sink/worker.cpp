#include "sink/worker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <pthread.h>

#include "sink/signals.hpp"

namespace xylem::sink {
namespace {

constexpr std::chrono::microseconds shortest_nap{20};
constexpr std::chrono::microseconds longest_nap{1000};

/// Whether the count `a` has come to `b`, though both may have passed 2^32.
bool has_reached(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) >= 0;
}

}  // namespace

Worker::Worker(std::function<void()> job) : job_{std::move(job)}, thread_{[this] { run(); }} {}

Worker::~Worker() {
  wait_until(0);
  stopping_.store(true, std::memory_order_relaxed);
  post();
  thread_.join();
}

void Worker::post() {
  posted_.fetch_add(1, std::memory_order_release);
  posted_.notify_one();
}

/// `wanted_` and `done_` are sequentially consistent here and in run(): either this sees the turn
/// done, or the thread sees that it is waited for.
void Worker::wait_until(std::uint32_t turns_left) {
  const std::uint32_t enough = posted_.load(std::memory_order_relaxed) - turns_left;
  wanted_.store(enough, std::memory_order_seq_cst);
  std::uint32_t done = done_.load(std::memory_order_seq_cst);
  while (!has_reached(done, enough)) {
    done_.wait(done, std::memory_order_seq_cst);
    done = done_.load(std::memory_order_seq_cst);
  }
}

/// Looks from time to time: std::atomic cannot wait for so long and no longer. For a terminal or a
/// pipe, where a millisecond is nothing.
bool Worker::wait_until(std::uint32_t turns_left, std::int64_t patience_ms) const {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(patience_ms);
  for (auto nap = shortest_nap; this->turns_left() > turns_left;
       nap = std::min(2 * nap, longest_nap)) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(nap);
  }
  return true;
}

void Worker::run() {
  pthread_setname_np(pthread_self(), "xylem-sink");
  block_signals();
  for (std::uint32_t turn = 0;; ++turn) {
    posted_.wait(turn, std::memory_order_acquire);
    if (stopping_.load(std::memory_order_relaxed)) return;
    job_();
    done_.store(turn + 1, std::memory_order_seq_cst);
    if (has_reached(turn + 1, wanted_.load(std::memory_order_seq_cst))) done_.notify_one();
  }
}

}  // namespace xylem::sink
