#include "config/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace xylem::config {
namespace {

constexpr std::size_t move_cost = 2;
constexpr std::size_t case_cost = 1;
/// Longer names are not compared: the cost grows with the product of the lengths.
constexpr std::size_t max_length = 40;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::size_t replace_cost(char a, char b) {
  if (a == b) return 0;
  return lower(a) == lower(b) ? case_cost : move_cost;
}

/// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j * move_cost;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = (i + 1) * move_cost;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + replace_cost(a[i], b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + move_cost, row[j + 1] + move_cost});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  std::size_t nearest_distance = std::numeric_limits<std::size_t>::max();
  if (name.size() > max_length) return {};
  for (const std::string_view candidate : candidates) {
    const std::size_t limit = (name.size() + candidate.size() + 3) * move_cost / 6;
    const std::size_t cost = distance(name, candidate);
    if (cost <= limit && cost < nearest_distance) {
      nearest = candidate;
      nearest_distance = cost;
    }
  }
  return nearest.empty() ? std::string() : ". Did you mean '" + std::string(nearest) + "'?";
}

}  // namespace xylem::config
