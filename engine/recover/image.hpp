#pragma once

#include <cstddef>
#include <utility>

#include "recover/bytes.hpp"

namespace xylem::recover {

/// What a crash file holds, in memory of this process: whoever changes or cuts the file meanwhile
/// changes nothing here. A process that lived long leaves a file full of holes, of many times the
/// size of what is in it; only what is in use is read.
class Image {
 public:
  /// @param whole false: the fixed part only
  /// @throws std::system_error
  Image(int fd, bool whole);
  ~Image();
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  /// As long as the file; zero where nothing was read.
  Bytes bytes() const { return {data_, size_}; }

 private:
  void read(int fd, std::uint64_t offset, std::uint64_t size);

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace xylem::recover
