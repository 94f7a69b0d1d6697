#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xylem::detail {

/// 64-bit FNV-1a (Fowler, Noll, Vo), continued from `hash`. Good enough to tell literals apart, and
/// the compiler evaluates it quickly.
constexpr std::uint64_t hash_text(std::string_view text,
                                  std::uint64_t hash = 0xcbf29ce484222325u) noexcept {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return hash;
}

/// Mixes a number into a hash; the shift brings the high bits, which a product scrambles best,
/// down.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

/// The text of a key, or null data for an argument that has none. Not a std::string_view, because
/// an array of those is zeroed before it is filled.
struct KeyText {
  const char* data;
  std::size_t size;

  constexpr std::string_view view() const noexcept { return {data, size}; }
};

/// The name of a field. Only a literal converts to it, so that the hash is a constant of the call
/// and the text outlives the record.
struct Key {
  const char* data;
  std::size_t size;
  std::uint64_t hash;

  template <std::size_t N>
  consteval Key(const char (&literal)[N])  // NOLINT(google-explicit-constructor): field("id", x)
      : data{literal}, size{N - 1}, hash{hash_text({literal, N - 1})} {}

  constexpr KeyText text() const noexcept { return {data, size}; }
};

}  // namespace xylem::detail
