#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <xylem/detail/kind.hpp>

/// The payload of a record: the fixed parts of all arguments in order, unaligned, then the bytes of
/// the strings in order. So the place of every fixed part is known from the kinds alone.
///
///     {7, "ab", true}:  07 00 00 00 | 02 00 00 00 | 01 | 'a' 'b'
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

/// The length as it is stored.
template <typename S>
constexpr std::uint32_t tail_bytes(const S& value) noexcept {
  return static_cast<std::uint32_t>(tail_size(value));
}

template <typename S>
[[gnu::always_inline]] inline void encode_fixed_part(std::byte*& at, const S& value) noexcept {
  if constexpr (has_tail(kind_of<S>)) {
    const std::uint32_t size = tail_bytes(value);
    std::memcpy(at, &size, sizeof size);
  } else if constexpr (kind_of<S> != Kind::null) {
    static_assert(sizeof(S) == fixed_size<S>);
    std::memcpy(at, &value, sizeof value);
  }
  at += fixed_size<S>;
}

/// Writes the fixed parts; returns where the bytes of the strings begin.
template <typename... S>
[[gnu::always_inline]] inline std::byte* encode_fixed(std::byte* payload,
                                                      const S&... values) noexcept {
  (encode_fixed_part(payload, values), ...);
  return payload;
}

template <typename S>
inline void encode_tail(std::byte*& at, const S& value) noexcept {
  if constexpr (has_tail(kind_of<S>)) {
    const std::uint32_t size = tail_bytes(value);
    if (size != 0) std::memcpy(at, value.text.data(), size);  // data() may be null
    at += size;
  }
}

template <typename... S>
inline void encode(std::byte* payload, const S&... values) noexcept {
  [[maybe_unused]] std::byte* tail = encode_fixed(payload, values...);
  (encode_tail(tail, values), ...);
}

template <typename... S>
constexpr std::size_t encoded_size(const S&... values) noexcept {
  return (std::size_t{0} + ... + (fixed_size<S> + tail_size(values)));
}

}  // namespace xylem::detail
