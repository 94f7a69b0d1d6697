#include "drain/spill.hpp"

#include <cstdlib>

namespace xylem::drain {

SpillPool::SpillPool() {
  for (std::uint64_t id = 0; id < max_blocks; ++id) free_ids_.enqueue(id);
}

SpillPool::Block SpillPool::allocate(std::size_t bytes) {
  // Relaxed: the counter bounds memory, it orders nothing.
  const std::size_t before = used_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  std::uint64_t id = 0;
  if ((before == 0 || before + bytes <= max_bytes) && free_ids_.try_dequeue(id)) {
    auto* const memory = static_cast<std::byte*>(std::malloc(bytes));
    if (memory != nullptr) {
      blocks_[id] = {memory, bytes};
      return {id, memory};
    }
    free_ids_.enqueue(id);
  }
  used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  return {0, nullptr};
}

void SpillPool::release(std::uint64_t id) {
  Entry& entry = blocks_[id];
  used_bytes_.fetch_sub(entry.size, std::memory_order_relaxed);
  std::free(entry.bytes);
  entry = {};
  free_ids_.enqueue(id);
}

}  // namespace xylem::drain
