#include "drain/spill.hpp"

#include <bit>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "crash/mapping.hpp"

namespace xylem::drain {
namespace {

using crash::page_bytes;

/// The pages that a payload takes, as a power of two.
std::size_t class_of(std::size_t bytes) {
  return std::bit_width((bytes - 1) / page_bytes);
}

}  // namespace

SpillPool::SpillPool() {
  for (std::uint64_t id = 0; id < max_blocks; ++id) free_ids_.enqueue(id);
}

SpillPool::~SpillPool() {
  for (Entry& entry : blocks_) give_back(entry);
}

std::shared_ptr<crash::File> SpillPool::file() const {
  const std::lock_guard lock{file_mutex_};
  return file_;
}

void SpillPool::use(std::shared_ptr<crash::File> file) {
  {
    const std::lock_guard lock{file_mutex_};
    file_ = std::move(file);
  }
  std::uint64_t id = 0;
  for (auto& kept : kept_) {
    while (kept.try_dequeue(id)) {
      give_back(blocks_[id]);
      free_ids_.enqueue(id);
    }
  }
}

SpillPool::Block SpillPool::allocate(std::size_t bytes) {
  // Relaxed: the counter bounds memory, it orders nothing.
  const std::size_t before = used_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  if (before == 0 || before + bytes <= max_bytes) {
    std::uint64_t id = 0;
    const std::size_t size_class = class_of(bytes);
    if (size_class < kept_classes && kept_[size_class].try_dequeue(id)) {
      blocks_[id].size = bytes;
      return {id, blocks_[id].bytes};
    }
    if (free_ids_.try_dequeue(id)) {
      Entry& entry = blocks_[id];
      if (!map_piece(id, bytes)) entry.bytes = static_cast<std::byte*>(std::malloc(bytes));
      entry.size = bytes;
      if (entry.bytes != nullptr) return {id, entry.bytes};
      free_ids_.enqueue(id);
    }
  }
  used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  return {0, nullptr};
}

bool SpillPool::map_piece(std::uint64_t id, std::size_t bytes) {
  std::shared_ptr<crash::File> file = this->file();
  if (file == nullptr) return false;
  const std::size_t wanted = page_bytes << class_of(bytes);
  try {
    const crash::Piece piece = file->allocate(wanted);
    Entry& entry = blocks_[id];
    try {
      entry.bytes = crash::map(file->descriptor(), piece.offset, wanted);
    } catch (const std::system_error&) {
      file->release(piece);
      return false;
    }
    file->publish(piece, crash::ExtentKind::spill, id);
    entry.mapped_bytes = wanted;
    entry.piece = piece;
    entry.file = std::move(file);
    return true;
  } catch (const std::system_error&) {
    return false;  // the record survives all but a crash; the consumer tells of it
  }
}

void SpillPool::release(std::uint64_t id) {
  Entry& entry = blocks_[id];
  used_bytes_.fetch_sub(entry.size, std::memory_order_relaxed);
  const std::size_t size_class = class_of(entry.mapped_bytes);
  if (entry.mapped_bytes > 0 && size_class < kept_classes && entry.file == file()) {
    kept_[size_class].enqueue(id);
    return;
  }
  give_back(entry);
  free_ids_.enqueue(id);
}

void SpillPool::give_back(Entry& entry) {
  if (entry.mapped_bytes > 0) {
    crash::unmap(entry.bytes, entry.mapped_bytes);
    entry.file->release(entry.piece);
  } else {
    std::free(entry.bytes);
  }
  entry = {};
}

}  // namespace xylem::drain
