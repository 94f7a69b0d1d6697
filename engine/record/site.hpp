#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/detail/site.hpp>

#include "crash/dictionary.hpp"

namespace xylem::record {

using detail::Kind;

/// One argument of a call site: what it is, and where its fixed part begins in the payload.
struct Argument {
  Kind kind;
  bool is_field;
  std::string key;  // of a field
  std::uint32_t offset;

  /// Takes a `{}` of the format string.
  bool is_positional() const { return !is_field && !is_trace() && kind != Kind::members; }
  /// The consumer makes its text (stacks/packed.hpp).
  bool is_trace() const { return kind == Kind::exception || kind == Kind::stack; }
};

/// A registered call site: the dictionary entry behind the id in a record.
struct Site {
  std::uint32_t id;
  Level level;
  std::string format;
  std::string pathname;
  std::string function;
  std::uint32_t line;
  std::vector<Argument> arguments;
  std::uint32_t fixed_bytes = 0;  // of all arguments together
  bool has_tails = false;         // some argument has bytes behind the fixed part
  bool has_traces = false;        // some argument is_trace()
};

/// Puts an argument behind those that the site has.
void add_argument(Site& site, Kind kind, bool is_field, std::string_view key);
void clear_arguments(Site& site);

/// Sites of the engine itself, registered before any other.
inline constexpr std::uint32_t catch_all_site = 0;  // for what comes after the last free id
inline constexpr std::uint32_t foreign_site = 1;    // one text argument: a packed record::Foreign
inline constexpr std::uint32_t dropped_site = 2;    // "{} records dropped"
inline constexpr std::uint32_t context_site = 3;    // members: what the ring's next records carry

/// Whether records of the site carry fields that were encoded beforehand, in their last argument.
inline bool has_members(const Site& site) {
  return !site.arguments.empty() && site.arguments.back().kind == Kind::members;
}

/// The site of an id that a record carries. The reference is valid for ever. Takes no lock: who has
/// the id has synchronised with its registration already (the release in publish() came after it).
const Site& site(std::uint32_t id);

/// Describes all sites, known and to come, in a dictionary, in which a site stands before any
/// record of it does. Null: in none.
void describe_sites_in(crash::Dictionary* dictionary);

/// Around fork(2): nobody else holds the lock of the registry while its memory is copied.
void lock_sites();
void unlock_sites();

}  // namespace xylem::record
