#include "record/level_names.hpp"

#include <algorithm>
#include <iterator>

namespace xylem::record {
namespace {

struct NamedLevel {
  std::string_view name;
  int number;
};

// Of two names with one number, the first is the one that lines show.
constexpr NamedLevel named_levels[] = {
    {"CRITICAL", 50}, {"FATAL", 50}, {"ERROR", 40}, {"WARNING", 30},
    {"WARN", 30},     {"INFO", 20},  {"DEBUG", 10}, {"NOTSET", 0},
};

}  // namespace

std::string level_name(int levelno) {
  const auto* const found =
      std::find_if(std::begin(named_levels), std::end(named_levels),
                   [levelno](const NamedLevel& level) { return level.number == levelno; });
  if (found == std::end(named_levels)) return "Level " + std::to_string(levelno);
  return std::string{found->name};
}

std::optional<int> find_level(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(named_levels), std::end(named_levels),
                   [name](const NamedLevel& level) { return level.name == name; });
  if (found == std::end(named_levels)) return std::nullopt;
  return found->number;
}

}  // namespace xylem::record
