#include "record/level_names.hpp"

#include <atomic>

namespace xylem::record {
namespace {

struct NamedLevel {
  std::string_view name;
  int number;
  const NamedLevel* next;  // towards those that were there before
};

// Of two names with one number, the first is the one that lines show.
constexpr NamedLevel python_levels[8] = {
    {"CRITICAL", 50, &python_levels[1]}, {"FATAL", 50, &python_levels[2]},
    {"ERROR", 40, &python_levels[3]},    {"WARNING", 30, &python_levels[4]},
    {"WARN", 30, &python_levels[5]},     {"INFO", 20, &python_levels[6]},
    {"DEBUG", 10, &python_levels[7]},    {"NOTSET", 0, nullptr},
};

// Grows at the front and never shrinks, so that who reads takes no lock: the consumer and the child
// of a fork do. The release in add_level_name() pairs with the acquire in find().
constinit std::atomic<const NamedLevel*> newest{python_levels};

template <typename F>
const NamedLevel* find(F&& is_wanted) {
  const NamedLevel* level = newest.load(std::memory_order_acquire);
  while (level != nullptr && !is_wanted(*level)) level = level->next;
  return level;
}

}  // namespace

void add_level_name(int levelno, std::string_view name) {
  // Never freed, both: views of names are handed out.
  const auto* const text = new std::string{name};
  auto* const level = new NamedLevel{*text, levelno, newest.load(std::memory_order_relaxed)};
  while (!newest.compare_exchange_weak(level->next, level, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
}

std::string level_name(int levelno) {
  const NamedLevel* const found =
      find([levelno](const NamedLevel& level) { return level.number == levelno; });
  return found != nullptr ? std::string{found->name} : "Level " + std::to_string(levelno);
}

std::optional<int> find_level(std::string_view name) {
  const NamedLevel* const found =
      find([name](const NamedLevel& level) { return level.name == name; });
  if (found == nullptr) return std::nullopt;
  return found->number;
}

}  // namespace xylem::record
