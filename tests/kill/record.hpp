#pragma once

// What the log call of a given lane and number says. The child logs it, the driver knows it: so a
// line can be wrong in no byte without being found out.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "journal.hpp"

namespace kill_test {

/// Which of the child's call sites.
enum class Kind : std::uint32_t { text_in_field, text_in_message, warning, error };

constexpr bool is_warning_or_above(Kind kind) {
  return kind == Kind::warning || kind == Kind::error;
}

struct Content {
  Kind kind;
  std::string_view text;
};

/// Lanes whose records have what does not change from call to call from a context of the thread, a
/// new one for each few numbers.
constexpr bool has_context(std::uint64_t lane) {
  return lane % 2 == 1;
}
constexpr std::uint64_t group_of(std::uint64_t number) {
  return number / 8;
}

/// Text in the context of some groups: too much for a note in a ring.
constexpr std::size_t padding_bytes(std::uint64_t group) {
  return group % 8 == 3 ? 3000 : 0;
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (SplitMix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

inline constexpr std::size_t longest_text_bytes = 10'000;

/// Text to cut pieces from: what JSON has to escape is in it.
inline std::string_view pattern() {
  static const std::string text = [] {
    std::string made;
    for (std::uint64_t i = 0; made.size() < longest_text_bytes + 64; ++i) {
      made += "say \"" + std::to_string(mix(i) % 1'000'000) + "\"\n\tto C:\\dir; ";
    }
    return made;
  }();
  return text;
}

/// Bytes of text, by a random number: mostly some; beyond 2 KB a payload leaves the ring.
constexpr std::size_t text_bytes(Sizes sizes, std::uint64_t random) {
  const std::uint64_t percent = random % 100;
  const std::uint64_t rest = random / 100;
  if (sizes == Sizes::small || percent < 75) return rest % 64;
  if (sizes == Sizes::large && percent >= 85) return 2000 + rest % (longest_text_bytes - 2000);
  if (percent < 98) return 64 + rest % 1936;
  return 2000 + rest % (longest_text_bytes - 2000);
}

inline Content content_of(std::uint64_t lane, std::uint64_t number, Sizes sizes) {
  const std::uint64_t random = mix(lane << 56 | number);
  const std::uint64_t percent = random % 100;
  const Kind kind = percent < 45   ? Kind::text_in_field
                    : percent < 80 ? Kind::text_in_message
                    : percent < 95 ? Kind::warning
                                   : Kind::error;
  const std::uint64_t other = mix(random);
  return {kind, pattern().substr(other % 64, text_bytes(sizes, other / 64))};
}

}  // namespace kill_test
