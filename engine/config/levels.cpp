#include "config/levels.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "config/python_text.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

int level_of_name(const Cursor& cursor, std::string_view name) {
  const std::optional<int> number = record::find_level(name);
  if (!number) cursor.fail("Unknown level: " + python_repr(name));
  return *number;
}

}  // namespace

int clamped_level(std::int64_t level) {
  return static_cast<int>(std::clamp<std::int64_t>(level, std::numeric_limits<int>::min(),
                                                   std::numeric_limits<int>::max()));
}

std::string range_text(int min_level, int max_level) {
  const bool has_upper = max_level != std::numeric_limits<int>::max();
  if (min_level <= 0) return has_upper ? "up to " + record::level_name(max_level) : "everything";
  if (!has_upper) return record::level_name(min_level) + " and above";
  return record::level_name(min_level) + " to " + record::level_name(max_level);
}

std::optional<int> read_level(const Cursor& owner) {
  const std::optional<Cursor> level = owner.find("level");
  if (!level || level->value().is_null()) return std::nullopt;
  return level_of(*level);
}

int level_of(const Cursor& level) {
  const Value& value = level.value();
  if (const auto* integer = value.get_if<std::int64_t>()) return clamped_level(*integer);
  if (const auto* integer = value.get_if<BigInteger>()) {
    return integer->digits.front() == '-' ? std::numeric_limits<int>::min()
                                          : std::numeric_limits<int>::max();
  }
  // Python's True is an integer.
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  if (const auto* name = value.get_if<std::string>()) return level_of_name(level, *name);
  level.fail("Level not an integer or a valid string: " + python_repr(value));
}

}  // namespace xylem::config
