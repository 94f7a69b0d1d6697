#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <xylem/env_levels.hpp>
#include <xylem/levels.hpp>

#include "record/level_names.hpp"
#include "route/tree.hpp"

namespace xylem {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

Level level_of(std::string_view text) {
  // A name of the program's own may have small letters.
  if (const auto number = record::find_level(text)) return static_cast<Level>(*number);
  std::string name{text};
  std::transform(name.begin(), name.end(), name.begin(), to_upper);
  if (const auto number = record::find_level(name)) return static_cast<Level>(*number);
  if (name == "OFF") return static_cast<Level>(route::Tree::off);
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, number);
  if (ptr == end && error == std::errc{}) return static_cast<Level>(number);
  throw std::invalid_argument{"Unknown level: '" + std::string{text} + "'"};
}

}  // namespace

void set_levels(std::string_view levels) {
  std::vector<std::pair<std::string_view, Level>> wanted;
  while (!levels.empty()) {
    const std::size_t comma = std::min(levels.find(','), levels.size());
    const std::string_view piece = trimmed(levels.substr(0, comma));
    levels.remove_prefix(std::min(comma + 1, levels.size()));
    if (piece.empty()) continue;
    const std::size_t equals = piece.rfind('=');
    const bool is_named = equals != std::string_view::npos;
    wanted.emplace_back(is_named ? trimmed(piece.substr(0, equals)) : std::string_view{},
                        level_of(trimmed(is_named ? piece.substr(equals + 1) : piece)));
  }
  for (const auto& [logger, level] : wanted) set_level(logger, level);
}

bool set_levels_from_env(const std::string& variable) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): documented
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') return false;
  try {
    set_levels(value);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument{variable + ": " + error.what()};
  }
  return true;
}

std::string level_name(Level level) {
  return record::level_name(static_cast<int>(level));
}

std::optional<Level> find_level(std::string_view name) {
  const std::optional<int> number = record::find_level(name);
  if (!number) return std::nullopt;
  return static_cast<Level>(*number);
}

}  // namespace xylem
