#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "timing.hpp"

/// The least that a call can cost, without any engine.
namespace xylem::bench {

/// What no engine with a ring can do without: the clock, the stores of one slot and of its
/// position, in a ring of a usual size.
class FloorCall {
 public:
  void operator()(std::int64_t number) {
    Slot& slot = ring_->slots[head_ % ring_slots];
    const auto value = static_cast<std::uint64_t>(number);
    slot.words[0] = head_;
    slot.words[2] = value;
    slot.words[3] = value + 1;
    slot.words[4] = value + 2;
    asm volatile("" : : : "memory");
    slot.words[1] = tick();
    // Pairs with the acquire in FloorReader.
    ring_->published.store(++head_, std::memory_order_release);
  }

 private:
  friend class FloorReader;

  static constexpr std::uint64_t ring_slots = 4096;
  struct alignas(64) Slot {
    std::array<std::uint64_t, 8> words{};
  };
  struct Ring {
    alignas(128) std::atomic<std::uint64_t> published{0};
    alignas(128) std::array<Slot, ring_slots> slots{};
  };

  std::shared_ptr<Ring> ring_ = std::make_shared<Ring>();
  std::uint64_t head_ = 0;
};

/// While it lives, a thread reads every slot, some way behind whoever writes them, as a consumer
/// that formats lines would.
class FloorReader {
 public:
  explicit FloorReader(const FloorCall& call) : ring_{call.ring_}, thread_{[this] { read(); }} {}
  ~FloorReader() {
    stopping_.store(true, std::memory_order_relaxed);
    thread_.join();
  }
  FloorReader(const FloorReader&) = delete;
  FloorReader& operator=(const FloorReader&) = delete;

 private:
  void read() {
    constexpr double lag_ns = 1'000;
    std::uint64_t position = ring_->published.load(std::memory_order_acquire);
    while (!stopping_.load(std::memory_order_relaxed)) {
      const std::uint64_t end = ring_->published.load(std::memory_order_acquire);
      for (; position != end; ++position) {
        for (const std::uint64_t word : ring_->slots[position % FloorCall::ring_slots].words)
          keep(word);
      }
      pause_ns(lag_ns);
    }
  }

  std::shared_ptr<FloorCall::Ring> ring_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace xylem::bench
