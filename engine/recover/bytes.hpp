#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

/// Reading what anything may have written.
namespace xylem::recover {

using Bytes = std::span<const std::byte>;

/// Whether [offset, offset + size) lies within `bytes`.
inline bool holds(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

/// A number that stands there; the caller has made sure that it does.
template <typename T>
T load_at(Bytes bytes, std::uint64_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

inline std::string_view text_at(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, static_cast<std::size_t>(size)};
}

}  // namespace xylem::recover
