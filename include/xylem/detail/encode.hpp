#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <xylem/detail/kind.hpp>

/// The payload of a record: the fixed parts of all arguments in order, unaligned, then the bytes of
/// the strings in order. So the place of every fixed part is known from the kinds alone.
///
///     {7, "ab", true}:  07 00 00 00 00 00 00 00 | 02 00 00 00 | 01 | 'a' 'b'
namespace xylem::detail {

template <typename S>
inline constexpr std::size_t fixed_size = fixed_bytes(kind_of<S>);

template <typename S>
constexpr std::size_t tail_size(const S& value) noexcept {
  if constexpr (has_tail(kind_of<S>)) {
    return value.text.size();
  } else {
    return 0;
  }
}

/// Writes one argument and moves both places on.
template <typename S>
inline void encode_one(std::byte*& fixed, std::byte*& tail, const S& value) noexcept {
  if constexpr (has_tail(kind_of<S>)) {
    const auto size = static_cast<std::uint32_t>(value.text.size());
    std::memcpy(fixed, &size, sizeof size);
    if (size != 0) std::memcpy(tail, value.text.data(), size);  // data() may be null
    tail += size;
  } else if constexpr (kind_of<S> != Kind::null) {
    static_assert(sizeof(S) == fixed_size<S>);
    std::memcpy(fixed, &value, sizeof value);
  }
  fixed += fixed_size<S>;
}

template <typename... S>
inline void encode(std::byte* payload, const S&... values) noexcept {
  [[maybe_unused]] std::byte* fixed = payload;
  [[maybe_unused]] std::byte* tail = payload + (std::size_t{0} + ... + fixed_size<S>);
  (encode_one(fixed, tail, values), ...);
}

template <typename... S>
constexpr std::size_t encoded_size(const S&... values) noexcept {
  return (std::size_t{0} + ... + (fixed_size<S> + tail_size(values)));
}

}  // namespace xylem::detail
