#include "crash/mapping.hpp"

#include <cerrno>
#include <system_error>

#include <sys/mman.h>

namespace xylem::crash {

std::byte* map(int fd, std::uint64_t offset, std::size_t bytes, std::byte* at) {
  const int fixed = at != nullptr ? MAP_FIXED : 0;
  void* const mapped = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE | fixed,
                            fd, static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) fail("cannot map");
  return static_cast<std::byte*>(mapped);
}

void unmap(std::byte* mapping, std::size_t bytes) noexcept {
  if (mapping != nullptr) munmap(mapping, bytes);
}

void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace xylem::crash
