#include "drain/ring.hpp"

#include <cassert>
#include <cerrno>
#include <new>
#include <system_error>

#include <sys/mman.h>
#include <unistd.h>

namespace xylem::drain {
namespace {

constexpr std::size_t page_bytes = 4096;

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

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::byte* map_file(void* at, std::size_t bytes, int fd, off_t offset) {
  // Populated now: the first records must not pay for page faults.
  void* const mapped =
      mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, offset);
  if (mapped == MAP_FAILED) fail("cannot map a ring");
  return static_cast<std::byte*>(mapped);
}

}  // namespace

Ring::Ring(std::uint64_t slots) : capacity_{slots} {
  assert((slots & (slots - 1)) == 0 && slots * detail::slot_bytes % page_bytes == 0);
  const std::size_t slot_area_bytes = slots * detail::slot_bytes;
  const std::size_t file_bytes = page_bytes + slot_area_bytes;
  const Descriptor file{memfd_create("xylem-ring", MFD_CLOEXEC)};
  if (file.get() < 0 || ftruncate(file.get(), static_cast<off_t>(file_bytes)) != 0) {
    fail("cannot allocate a ring");
  }
  // The address range first, so that both views are neighbours.
  void* const range = mmap(nullptr, file_bytes + slot_area_bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) fail("cannot reserve addresses for a ring");
  mapping_ = static_cast<std::byte*>(range);
  try {
    map_file(mapping_, file_bytes, file.get(), 0);
    map_file(mapping_ + file_bytes, slot_area_bytes, file.get(), page_bytes);
  } catch (...) {
    munmap(mapping_, file_bytes + slot_area_bytes);
    throw;
  }
  words_ = new (mapping_) RingWords;
  slots_ = mapping_ + page_bytes;
}

Ring::~Ring() {
  munmap(mapping_, page_bytes + 2 * capacity_ * detail::slot_bytes);
}

}  // namespace xylem::drain
