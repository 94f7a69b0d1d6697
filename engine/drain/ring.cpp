#include "drain/ring.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include "crash/mapping.hpp"

namespace xylem::drain {
namespace {

using crash::page_bytes;
using crash::ring_head_bytes;

void map_nameless(std::byte* at, std::size_t bytes) {
  void* const mapped = mmap(at, bytes, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED, -1, 0);
  if (mapped == MAP_FAILED) crash::fail("cannot allocate a ring");
}

/// Shared memory a second time: mremap(2) of no bytes leaves the first mapping where it is. False
/// where that is not known, as under Valgrind.
bool map_again(std::byte* memory, std::size_t bytes, std::byte* at) {
  if (mremap(memory, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED) return false;
  // For the sake of the first stores; kernels before 5.14 do not know it.
  static_cast<void>(madvise(at, bytes, MADV_POPULATE_WRITE));
  return true;
}

/// Once and a part of it again, from a file.
void map_twice(int fd, std::uint64_t offset, std::byte* at, std::size_t once_bytes,
               std::size_t again_from) {
  crash::map(fd, offset, once_bytes, at);
  crash::map(fd, offset + again_from, once_bytes - again_from, at + once_bytes);
}

void map_nameless_file(std::byte* at, std::size_t once_bytes, std::size_t again_from) {
  const int fd = memfd_create("xylem-ring", MFD_CLOEXEC);
  if (fd < 0) crash::fail("cannot allocate a ring");
  try {
    if (ftruncate(fd, static_cast<off_t>(once_bytes)) != 0) crash::fail("cannot allocate a ring");
    map_twice(fd, 0, at, once_bytes, again_from);
  } catch (...) {
    close(fd);
    throw;
  }
  close(fd);
}

}  // namespace

Ring::Ring(std::uint64_t slots, crash::File* file) : capacity_{slots} {
  assert((slots & (slots - 1)) == 0 && slots * detail::slot_bytes % page_bytes == 0);
  const std::size_t bytes = ring_head_bytes + slots * detail::slot_bytes;
  if (file != nullptr) {
    const crash::Piece piece = file->allocate(bytes);
    map_both(file->descriptor(), piece.offset);
    file->publish(piece, crash::ExtentKind::ring, 0);
    file_number_ = file->number();
    return;
  }
  map_both(-1, 0);
}

/// The pages at `offset`, then the slots once more. Without a file, memory of no file: it takes no
/// descriptor, and no limit on the size of files keeps a thread from logging.
void Ring::map_both(int fd, std::uint64_t offset) {
  const std::size_t slot_area_bytes = capacity_ * detail::slot_bytes;
  const std::size_t once_bytes = ring_head_bytes + slot_area_bytes;
  // The address range first, so that both views are neighbours.
  void* const range = mmap(nullptr, once_bytes + slot_area_bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) crash::fail("cannot reserve addresses for a ring");
  mapping_ = static_cast<std::byte*>(range);
  try {
    if (fd >= 0) {
      map_twice(fd, offset, mapping_, once_bytes, ring_head_bytes);
    } else {
      map_nameless(mapping_, once_bytes);
      if (!map_again(mapping_ + ring_head_bytes, slot_area_bytes, mapping_ + once_bytes)) {
        map_nameless_file(mapping_, once_bytes, ring_head_bytes);
      }
    }
  } catch (...) {
    munmap(mapping_, once_bytes + slot_area_bytes);
    throw;
  }
  words_ = new (mapping_) RingWords;
  contexts_ = new (mapping_ + page_bytes) ContextPlace[2];
  slots_ = mapping_ + ring_head_bytes;
}

std::shared_ptr<const RingContext> Ring::keep_context(std::shared_ptr<const RingContext> next,
                                                      std::uint64_t from) {
  if (next == context) return nullptr;
  const std::uint32_t newest =
      std::max(contexts_[0].number.load_relaxed(), contexts_[1].number.load_relaxed());
  const bool is_first = contexts_[0].number.load_relaxed() == newest;
  ContextPlace& place = contexts_[is_first ? 1 : 0];
  if (next != nullptr) {
    next->write_to(place);
  } else {
    place.bytes = 0;
  }
  place.from = from;
  // Pairs with nothing in this process: a reader after its death takes what stands above as whole.
  place.number.store_release(newest + 1);
  return std::exchange(context, std::move(next));
}

void RingContext::write_to(ContextPlace& place) const {
  place.bytes = static_cast<std::uint16_t>(payload_.size());
  place.is_spilled = pool_ != nullptr ? 1 : 0;
  std::copy(payload_.begin(), payload_.end(), place.payload.begin());
}

std::uint64_t RingContext::block() const {
  std::uint64_t id = 0;
  std::memcpy(&id, payload_.data(), sizeof id);
  return id;
}

Ring::~Ring() {
  munmap(mapping_, ring_head_bytes + 2 * capacity_ * detail::slot_bytes);
}

}  // namespace xylem::drain
