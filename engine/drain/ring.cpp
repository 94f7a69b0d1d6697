#include "drain/ring.hpp"

#include <cassert>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

#include "crash/mapping.hpp"

namespace xylem::drain {
namespace {

using crash::page_bytes;

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
  const std::size_t bytes = page_bytes + slots * detail::slot_bytes;
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
  const std::size_t once_bytes = page_bytes + slot_area_bytes;
  // The address range first, so that both views are neighbours.
  void* const range = mmap(nullptr, once_bytes + slot_area_bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) crash::fail("cannot reserve addresses for a ring");
  mapping_ = static_cast<std::byte*>(range);
  try {
    if (fd >= 0) {
      map_twice(fd, offset, mapping_, once_bytes, page_bytes);
    } else {
      map_nameless(mapping_, once_bytes);
      if (!map_again(mapping_ + page_bytes, slot_area_bytes, mapping_ + once_bytes)) {
        map_nameless_file(mapping_, once_bytes, page_bytes);
      }
    }
  } catch (...) {
    munmap(mapping_, once_bytes + slot_area_bytes);
    throw;
  }
  words_ = new (mapping_) RingWords;
  slots_ = mapping_ + page_bytes;
}

Ring::~Ring() {
  munmap(mapping_, page_bytes + 2 * capacity_ * detail::slot_bytes);
}

}  // namespace xylem::drain
