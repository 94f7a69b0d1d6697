#include "config/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace xylem::config {
namespace {

constexpr std::size_t kMove = 2;
constexpr std::size_t kCase = 1;
/// Longer names are not compared: the cost grows with the product of the lengths.
constexpr std::size_t kMaxLength = 40;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::size_t replace_cost(char a, char b) {
  if (a == b) return 0;
  return lower(a) == lower(b) ? kCase : kMove;
}

/// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j * kMove;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = (i + 1) * kMove;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + replace_cost(a[i], b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + kMove, row[j + 1] + kMove});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  std::size_t nearest_distance = std::numeric_limits<std::size_t>::max();
  if (name.size() > kMaxLength) return {};
  for (const std::string_view candidate : candidates) {
    const std::size_t limit = (name.size() + candidate.size() + 3) * kMove / 6;
    const std::size_t cost = distance(name, candidate);
    if (cost <= limit && cost < nearest_distance) {
      nearest = candidate;
      nearest_distance = cost;
    }
  }
  return nearest.empty() ? std::string() : ". Did you mean '" + std::string(nearest) + "'?";
}

}  // namespace xylem::config
