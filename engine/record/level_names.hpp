#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crash/dictionary.hpp"

namespace xylem::record {

/// One name of a level.
struct LevelName {
  int number = 0;
  std::string name;
};

/// "WARNING" for 30; "Level 15" for a number without a name, as in Python.
std::string level_name(int levelno);

/// Gives a level one more name, which lines show from now on. Both texts and numbers of before are
/// found as well. Nothing happens when that is so already. Thread-safe, as are the two others.
void add_level_name(int levelno, std::string_view name);

/// The number of a level's name, in exactly its case; WARN and FATAL are names too.
std::optional<int> find_level(std::string_view name);

/// For the calling thread these names come first, for a scope: those of a document that is not in
/// force, or of another process. Of two with the same number or the same name the last counts.
/// `names` must outlive it. Scopes do not nest.
class WithLevelNames {
 public:
  explicit WithLevelNames(std::span<const LevelName> names);
  ~WithLevelNames();
  WithLevelNames(const WithLevelNames&) = delete;
  WithLevelNames& operator=(const WithLevelNames&) = delete;
};

/// Describes the names that were added, and those to come, in a dictionary: with the order in which
/// they came in the upper half of the id, and the number in the lower. Null: in none.
void describe_level_names_in(crash::Dictionary* dictionary);

/// Around fork(2).
void lock_level_names();
void unlock_level_names();

}  // namespace xylem::record
