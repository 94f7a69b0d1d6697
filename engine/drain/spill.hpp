#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <concurrentqueue/concurrentqueue.h>

namespace xylem::drain {

/// Payloads too big for a ring. A record names its block by id, so that it holds no pointer.
///
/// Any thread allocates, the consumer releases. Bounded: by the number of blocks, and by their
/// bytes (a single payload may go beyond that when no other block is in use).
class SpillPool {
 public:
  static constexpr std::size_t max_blocks = 4096;
  static constexpr std::size_t max_bytes = std::size_t{256} << 20;

  struct Block {
    std::uint64_t id;
    std::byte* bytes;  // null: there is no room at the moment
  };

  SpillPool();

  Block allocate(std::size_t bytes);
  const std::byte* at(std::uint64_t id) const { return blocks_[id].bytes; }
  void release(std::uint64_t id);

 private:
  struct Entry {
    std::byte* bytes = nullptr;
    std::size_t size = 0;
  };

  // An entry belongs to whoever took its id off the queue, then, by the release of the ring's head,
  // to the consumer, which puts the id back: no entry is ever shared.
  std::array<Entry, max_blocks> blocks_;
  moodycamel::ConcurrentQueue<std::uint64_t> free_ids_{max_blocks};
  std::atomic<std::size_t> used_bytes_{0};
};

}  // namespace xylem::drain
