#include "sink/worker.hpp"

#include <utility>

#include <pthread.h>

#include "sink/signals.hpp"

namespace xylem::sink {
namespace {

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

void Worker::run() {
  pthread_setname_np(pthread_self(), "xylem-sink");
  block_write_signals();
  for (std::uint32_t turn = 0;; ++turn) {
    posted_.wait(turn, std::memory_order_acquire);
    if (stopping_.load(std::memory_order_relaxed)) return;
    job_();
    done_.store(turn + 1, std::memory_order_seq_cst);
    if (has_reached(turn + 1, wanted_.load(std::memory_order_seq_cst))) done_.notify_one();
  }
}

}  // namespace xylem::sink
