#include "drain/ring.hpp"

#include <cassert>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

#include "crash/mapping.hpp"

namespace xylem::drain {
namespace {

using crash::page_bytes;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

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
  const Descriptor nameless{memfd_create("xylem-ring", MFD_CLOEXEC)};
  if (nameless.get() < 0 || ftruncate(nameless.get(), static_cast<off_t>(bytes)) != 0) {
    crash::fail("cannot allocate a ring");
  }
  map_both(nameless.get(), 0);
}

/// The pages at `offset`, then the slots once more.
void Ring::map_both(int fd, std::uint64_t offset) {
  const std::size_t slot_area_bytes = capacity_ * detail::slot_bytes;
  const std::size_t once_bytes = page_bytes + slot_area_bytes;
  // The address range first, so that both views are neighbours.
  void* const range = mmap(nullptr, once_bytes + slot_area_bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) crash::fail("cannot reserve addresses for a ring");
  mapping_ = static_cast<std::byte*>(range);
  try {
    crash::map(fd, offset, once_bytes, mapping_);
    crash::map(fd, offset + page_bytes, slot_area_bytes, mapping_ + once_bytes);
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
