#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include <concurrentqueue/concurrentqueue.h>

#include "crash/file.hpp"

namespace xylem::drain {

/// Payloads too big for a ring. A record names its block by id, so that it holds no pointer.
///
/// Any thread allocates, the consumer releases. Bounded: by the number of blocks, and by their
/// bytes (a single payload may go beyond that when no other block is in use). Blocks are pieces of
/// the crash file if there is one and it has room; small ones are kept for the next payload, so
/// that only the first ones cost system calls.
class SpillPool {
 public:
  static constexpr std::size_t max_blocks = 4096;
  static constexpr std::size_t max_bytes = std::size_t{256} << 20;

  struct Block {
    std::uint64_t id;
    std::byte* bytes;  // null: there is no room at the moment
  };

  SpillPool();
  ~SpillPool();

  /// Where blocks come from, from now on; null: the heap.
  void use(std::shared_ptr<crash::File> file);

  Block allocate(std::size_t bytes);
  const std::byte* at(std::uint64_t id) const { return blocks_[id].bytes; }
  void release(std::uint64_t id);

 private:
  /// Up to this size pieces are kept, rounded up to powers of two pages.
  static constexpr std::size_t kept_classes = 5;

  struct Entry {
    std::byte* bytes = nullptr;
    std::size_t size = 0;
    std::size_t mapped_bytes = 0;  // 0: from the heap
    crash::Piece piece{};
    std::shared_ptr<crash::File> file;
  };

  bool map_piece(std::uint64_t id, std::size_t bytes);
  static void give_back(Entry& entry);
  std::shared_ptr<crash::File> file() const;

  // An entry belongs to whoever took its id off a queue, then, by the release of the ring's head,
  // to the consumer, which puts the id back: no entry is ever shared.
  std::array<Entry, max_blocks> blocks_;
  moodycamel::ConcurrentQueue<std::uint64_t> free_ids_{max_blocks};
  /// Ids whose entries have a piece already, by its size.
  std::array<moodycamel::ConcurrentQueue<std::uint64_t>, kept_classes> kept_;
  std::atomic<std::size_t> used_bytes_{0};
  mutable std::mutex file_mutex_;
  std::shared_ptr<crash::File> file_;
};

}  // namespace xylem::drain
