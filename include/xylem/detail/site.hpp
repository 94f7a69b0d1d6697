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
  const Kind* kinds;             // one for each argument
  const std::string_view* keys;  // one for each argument; data() is null for one without a key
  std::size_t arguments;
};

/// The id of a call site; the same description always gives the same id. Copies what it is given.
/// Thread-safe. Ids never end: the 16 million and first site shares the id of a catch-all that
/// renders its format string alone.
std::uint32_t register_site(const SiteSpec& spec);

/// The word that a call compares to learn in one load whether its site is registered under the keys
/// at hand: id in the low bits, a hash of the keys above. The top bit is always set, so a zeroed
/// word never matches.
constexpr std::uint64_t site_word(std::uint64_t keys, std::uint64_t id) noexcept {
  return (keys << site_bits | std::uint64_t{1} << 63) | id;
}
constexpr bool matches(std::uint64_t word, std::uint64_t keys) noexcept {
  return (word ^ site_word(keys, 0)) <= id_mask;
}

/// The static part of a macro's call site. `word` is 0 until the first call registers it; its store
/// needs release only for the sake of the dictionary entry behind the id (pairs with the acquire in
/// id_of()).
struct MacroSite {
  SiteSource source;
  Atomic<std::uint64_t> word{};
};

/// The sites of calls without a macro, found by a 64-bit hash over all that identifies them. An
/// entry is written once and never changes: first the id, then the hash with release (pairs with
/// the acquire in find_free_site()).
struct FreeSite {
  Atomic<std::uint64_t> hash{};
  Atomic<std::uint32_t> id{};
};
inline constexpr std::size_t free_site_slots = 8192;  // a power of two
inline constexpr std::size_t free_site_probes = 8;
extern constinit FreeSite free_sites[free_site_slots];

/// register_site(), and remembers the id under `hash` for find_free_site() while there is room.
std::uint32_t register_free_site(std::uint64_t hash, const SiteSpec& spec);

}  // namespace xylem::detail
