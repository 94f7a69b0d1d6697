#pragma once

#include <cstdint>
#include <string_view>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/key.hpp>
#include <xylem/detail/kind.hpp>
#include <xylem/detail/slot.hpp>
#include <xylem/level.hpp>

namespace xylem::detail {

/// What the source says of a call site.
struct SiteSource {
  std::string_view format;
  std::string_view file;
  std::string_view function;  // bare name or the compiler's signature
  std::uint32_t line;
  Level level;
};

/// A call site with the types and keys of one call: what an id in a record stands for.
struct SiteSpec {
  SiteSource source;
  const Kind* kinds;    // one for each argument
  const KeyText* keys;  // one for each argument
  std::size_t arguments;
};

/// The id of a call site; the same description always gives the same id. Copies what it is given.
/// Thread-safe. Ids never end: the 16 million and first site shares the id of a catch-all that
/// renders its format string alone.
std::uint32_t register_site(const SiteSpec& spec);

/// The word that a call compares to learn in one load whether its site is registered under the keys
/// at hand: id in the low half, a hash of the keys in the high one. The top bit is always set, so a
/// zeroed word never matches. Halves, because a call compares them with its shortest instructions.
constexpr std::uint64_t site_word(std::uint64_t keys, std::uint64_t id) noexcept {
  return (keys << 32 | std::uint64_t{1} << 63) | id;
}
constexpr bool matches(std::uint64_t word, std::uint64_t keys) noexcept {
  return static_cast<std::uint32_t>(word >> 32) ==
         static_cast<std::uint32_t>(site_word(keys, 0) >> 32);
}
constexpr std::uint64_t id_of_word(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word);
}

/// The static part of a macro's call site. `word` is 0 until the first call registers it; its store
/// needs release only for the sake of the dictionary entry behind the id (pairs with the acquire in
/// submit_macro()).
struct MacroSite {
  SiteSource source;
  Atomic<std::uint64_t> word{};
};

/// The sites of calls without a macro, found by a 64-bit hash over all that identifies them. An
/// entry is written once and never changes: first the id, then the hash with release (pairs with
/// the acquire in submit_free()).
struct FreeSite {
  Atomic<std::uint64_t> hash{};
  Atomic<std::uint32_t> id{};
};
inline constexpr std::size_t free_site_slots = 8192;  // a power of two
inline constexpr std::size_t free_site_probes = 8;
extern constinit FreeSite free_sites[free_site_slots];

/// The entry where a hash may stand; a call looks at probe 0 itself.
constexpr FreeSite& free_site(std::uint64_t hash, std::size_t probe) noexcept {
  return free_sites[(hash / 2 + probe) % free_site_slots];
}

/// register_site(), and remembers the id under `hash` for id_of_free_site() while there is room.
std::uint32_t register_free_site(std::uint64_t hash, const SiteSpec& spec);

/// The id of a site, which is registered if it is not yet. `kinds` and `keys` as in SiteSpec.
std::uint32_t id_of_macro_site(MacroSite& site, const Kind* kinds, const KeyText* keys,
                               std::size_t arguments);
std::uint32_t id_of_free_site(std::uint64_t hash, const SiteSpec& spec);

}  // namespace xylem::detail
