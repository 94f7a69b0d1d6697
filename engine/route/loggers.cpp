#include "route/loggers.hpp"

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>

#include <xylem/detail/slot.hpp>

namespace xylem {
namespace route {
namespace {

/// A logger and the text behind its name.
struct Entry {
  std::string name;
  detail::LoggerState state;

  Entry(std::string_view logger_name, std::uint32_t id, int threshold)
      : name{logger_name}, state{detail::Atomic<int>{threshold}, id, name} {}
};

/// Loggers by id, in blocks that never move, so that readers need no lock.
constexpr std::size_t block_loggers = 4096;
constexpr std::size_t max_blocks = (std::size_t{1} << detail::site_bits) / block_loggers;
using Block = std::array<std::unique_ptr<Entry>, block_loggers>;

class Registry {
 public:
  detail::LoggerState& get(std::string_view name) {
    if (name.empty()) name = "root";
    const std::lock_guard lock{mutex_};
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second->state;
    return add(name);
  }

  const detail::LoggerState& at(std::uint32_t id) const {
    return (*blocks_[id / block_loggers])[id % block_loggers]->state;
  }

  std::vector<std::string> names() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [name, entry] : by_name_) names.emplace_back(name);
    return names;
  }

  void set_levels(std::shared_ptr<const Tree> tree) {
    const std::lock_guard lock{mutex_};
    tree_ = std::move(tree);
    for (const auto& [name, entry] : by_name_) {
      entry->state.threshold.store_relaxed(tree_->threshold(name));
    }
  }

 private:
  detail::LoggerState& add(std::string_view name) {
    if (next_ > detail::id_mask) throw std::length_error{"xylem: more than 16777216 loggers"};
    auto& block = blocks_[next_ / block_loggers];
    if (block == nullptr) block = std::make_unique<Block>();
    auto& entry = (*block)[next_ % block_loggers];
    entry = std::make_unique<Entry>(name, next_++, tree_->threshold(name));
    by_name_.emplace(entry->name, entry.get());
    return entry->state;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Tree> tree_ = std::make_shared<Tree>();
  std::map<std::string_view, Entry*, std::less<>> by_name_;
  std::uint32_t next_ = 0;
  std::array<std::unique_ptr<Block>, max_blocks> blocks_;
};

Registry& registry() {
  // Never destroyed: handles are valid to the very end of the process.
  static Registry& instance = *new Registry;
  return instance;
}

}  // namespace

const detail::LoggerState& logger(std::uint32_t id) {
  return registry().at(id);
}

std::vector<std::string> logger_names() {
  return registry().names();
}

void set_levels(std::shared_ptr<const Tree> tree) {
  registry().set_levels(std::move(tree));
}

}  // namespace route

detail::LoggerState& detail::logger_state(std::string_view name) {
  return route::registry().get(name);
}

}  // namespace xylem
