#include "recover/image.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recover/parts.hpp"

namespace xylem::recover {
namespace {

[[noreturn]] void fail() {
  throw std::system_error{errno, std::generic_category()};
}

}  // namespace

Image::Image(int fd, bool whole) {
  struct stat status {};
  if (fstat(fd, &status) != 0) fail();
  if (static_cast<std::uint64_t>(status.st_size) < crash::fixed_bytes) return;
  const auto size = static_cast<std::size_t>(whole ? status.st_size : off_t{crash::fixed_bytes});
  void* const mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) fail();
  data_ = static_cast<std::byte*>(mapped);
  size_ = size;
  try {
    read(fd, 0, crash::fixed_bytes);
    std::uint64_t counted_later = 0;
    if (!whole || !read_origin(bytes())) return;
    for (const Part& part : list_parts(bytes(), size_, counted_later)) {
      read(fd, part.offset, part.bytes);
    }
  } catch (...) {
    munmap(data_, size_);
    throw;
  }
}

Image::~Image() {
  if (data_ != nullptr) munmap(data_, size_);
}

void Image::read(int fd, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t end = offset + size;
  while (offset < end) {
    const off_t data = lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0 && errno == ENXIO) return;  // a hole to the end
    if (data > static_cast<off_t>(offset)) offset = static_cast<std::uint64_t>(data);
    if (offset >= end) return;
    const off_t hole = lseek(fd, static_cast<off_t>(offset), SEEK_HOLE);
    const std::uint64_t until = hole > 0 ? std::min(end, static_cast<std::uint64_t>(hole)) : end;
    const ssize_t got = pread(fd, data_ + offset, until - offset, static_cast<off_t>(offset));
    if (got < 0 && errno != EINTR) fail();
    if (got == 0) return;
    if (got > 0) offset += static_cast<std::uint64_t>(got);
  }
}

}  // namespace xylem::recover
