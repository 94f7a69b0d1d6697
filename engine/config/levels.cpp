#include "config/levels.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include <xylem/level.hpp>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

struct NamedLevel {
  std::string_view name;
  Level level;
};

/// The first name of a number is the one that is shown.
constexpr std::array<NamedLevel, 8> kLevels = {{
    {"CRITICAL", Level::critical},
    {"FATAL", Level::critical},
    {"ERROR", Level::error},
    {"WARNING", Level::warning},
    {"WARN", Level::warning},
    {"INFO", Level::info},
    {"DEBUG", Level::debug},
    {"NOTSET", Level::notset},
}};

int clamped(std::int64_t level) {
  return static_cast<int>(std::clamp<std::int64_t>(level, std::numeric_limits<int>::min(),
                                                   std::numeric_limits<int>::max()));
}

int level_of_name(const Cursor& cursor, std::string_view name) {
  const auto* const found =
      std::find_if(kLevels.begin(), kLevels.end(),
                   [name](const NamedLevel& candidate) { return candidate.name == name; });
  if (found == kLevels.end()) cursor.fail("Unknown level: " + python_repr(name));
  return static_cast<int>(found->level);
}

}  // namespace

std::optional<int> read_level(const Cursor& owner) {
  const std::optional<Cursor> level = owner.find("level");
  if (!level || level->value().is_null()) return std::nullopt;
  const Value& value = level->value();
  if (const auto* integer = value.get_if<std::int64_t>()) return clamped(*integer);
  if (const auto* integer = value.get_if<BigInteger>()) {
    return integer->digits.front() == '-' ? std::numeric_limits<int>::min()
                                          : std::numeric_limits<int>::max();
  }
  // Python's True is an integer.
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  if (const auto* name = value.get_if<std::string>()) return level_of_name(*level, *name);
  level->fail("Level not an integer or a valid string: " + python_repr(value));
}

std::string level_name(int level) {
  for (const NamedLevel& candidate : kLevels) {
    if (static_cast<int>(candidate.level) == level) return std::string(candidate.name);
  }
  return "Level " + std::to_string(level);
}

}  // namespace xylem::config
