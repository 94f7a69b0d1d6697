#include "record/level_names.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace xylem::record {
namespace {

struct NamedLevel {
  std::string_view name;
  int number;
  const NamedLevel* next;   // towards those that were there before
  std::uint32_t order = 0;  // 0: Python's own
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

constinit std::mutex mutex;  // of those that add, and of the dictionary
constinit crash::Dictionary* dictionary = nullptr;

constinit thread_local std::span<const LevelName> t_names{};

template <typename F>
const NamedLevel* find(F&& is_wanted) {
  const NamedLevel* level = newest.load(std::memory_order_acquire);
  while (level != nullptr && !is_wanted(*level)) level = level->next;
  return level;
}

template <typename F>
const LevelName* find_of_thread(F&& is_wanted) {
  const auto found = std::find_if(t_names.rbegin(), t_names.rend(), is_wanted);
  return found == t_names.rend() ? nullptr : &*found;
}

void describe(const NamedLevel& level) {
  if (dictionary == nullptr) return;
  const std::uint64_t id =
      std::uint64_t{level.order} << 32 | static_cast<std::uint32_t>(level.number);
  dictionary->add(crash::EntryKind::level, id, level.name);
}

}  // namespace

void add_level_name(int levelno, std::string_view name) {
  const std::lock_guard lock{mutex};
  const auto has_number = [=](const NamedLevel& level) { return level.number == levelno; };
  const auto has_name = [=](const NamedLevel& level) { return level.name == name; };
  const NamedLevel* const shown = find(has_number);
  if (shown != nullptr && shown == find(has_name)) return;
  const NamedLevel* const before = newest.load(std::memory_order_relaxed);
  // Never freed, both: views of names are handed out.
  const auto* const text = new std::string{name};
  const auto* const level = new NamedLevel{*text, levelno, before, before->order + 1};
  // Before a line shows it.
  describe(*level);
  newest.store(level, std::memory_order_release);
}

std::string level_name(int levelno) {
  if (const auto* const level =
          find_of_thread([=](const LevelName& known) { return known.number == levelno; })) {
    return level->name;
  }
  const NamedLevel* const found =
      find([levelno](const NamedLevel& level) { return level.number == levelno; });
  return found != nullptr ? std::string{found->name} : "Level " + std::to_string(levelno);
}

std::optional<int> find_level(std::string_view name) {
  if (const auto* const level =
          find_of_thread([=](const LevelName& known) { return known.name == name; })) {
    return level->number;
  }
  const NamedLevel* const found =
      find([name](const NamedLevel& level) { return level.name == name; });
  if (found == nullptr) return std::nullopt;
  return found->number;
}

WithLevelNames::WithLevelNames(std::span<const LevelName> names) {
  t_names = names;
}
WithLevelNames::~WithLevelNames() {
  t_names = {};
}

void describe_level_names_in(crash::Dictionary* in) {
  const std::lock_guard lock{mutex};
  dictionary = in;
  // Their order stands in the entries.
  for (const NamedLevel* level = newest.load(std::memory_order_relaxed); level->order > 0;
       level = level->next) {
    describe(*level);
  }
}

void lock_level_names() {
  mutex.lock();
}
void unlock_level_names() {
  mutex.unlock();
}

}  // namespace xylem::record
