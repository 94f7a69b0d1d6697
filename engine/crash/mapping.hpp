#pragma once

#include <cstddef>
#include <cstdint>

namespace xylem::crash {

/// Maps a part of the file, its pages present: the first store must not pay for page faults. At
/// `at`, in place of what is there, or anywhere. Throws std::system_error.
std::byte* map(int fd, std::uint64_t offset, std::size_t bytes, std::byte* at = nullptr);

/// Null is ignored.
void unmap(std::byte* mapping, std::size_t bytes) noexcept;

/// Throws std::system_error with errno.
[[noreturn]] void fail(const char* what);

}  // namespace xylem::crash
