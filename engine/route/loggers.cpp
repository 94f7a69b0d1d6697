#include "route/loggers.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include "record/id_table.hpp"
#include "route/call_sampler.hpp"

namespace xylem {
namespace route {
namespace {

/// A logger and the text behind its name.
struct Entry {
  std::string name;
  detail::LoggerState state;
  std::unique_ptr<CallSampler> sampler{};  // null: calls were never sampled

  Entry(std::string_view logger_name, std::uint32_t id, int threshold)
      : name{logger_name},
        state{detail::Atomic<int>{threshold}, {}, detail::header_word(0, id, 0), name} {}
};

class Registry {
 public:
  detail::LoggerState& get(std::string_view name) {
    if (name.empty()) name = "root";
    const std::lock_guard lock{mutex_};
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second->state;
    return add(name);
  }

  CallSampler& sampler(std::string_view name) {
    get(name);
    const std::lock_guard lock{mutex_};
    return sampler_of(*by_name_.find(name)->second);
  }

  const detail::LoggerState& at(std::uint32_t id) const { return loggers_.at(id).state; }

  std::vector<std::string> names() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [name, entry] : by_name_) names.emplace_back(name);
    return names;
  }

  void set_levels(std::shared_ptr<const Tree> tree) {
    const std::lock_guard lock{mutex_};
    tree_ = std::move(tree);
    for (const auto& [name, entry] : by_name_) put_level(*entry);
  }

  void describe_in(crash::Dictionary* dictionary) {
    const std::lock_guard lock{mutex_};
    dictionary_ = dictionary;
    for (std::uint32_t id = 0; id < loggers_.next_id(); ++id) describe(loggers_.at(id));
  }

  std::mutex& mutex() { return mutex_; }

 private:
  detail::LoggerState& add(std::string_view name) {
    if (loggers_.is_full()) throw std::length_error{"xylem: more than 16777216 loggers"};
    Entry& entry =
        loggers_.add(std::make_unique<Entry>(name, loggers_.next_id(), tree_->threshold(name)));
    put_level(entry);
    by_name_.emplace(entry.name, &entry);
    describe(entry);
    return entry.state;
  }

  static CallSampler& sampler_of(Entry& entry) {
    if (entry.sampler == nullptr) {
      entry.sampler = std::make_unique<CallSampler>();
      entry.state.sampler.store_release(entry.sampler.get());
    }
    return *entry.sampler;
  }

  void put_level(Entry& entry) const {
    const int threshold = tree_->threshold(entry.name);
    const SamplingRule* const rule = tree_->rule_for_calls(entry.name);
    if (rule != nullptr && threshold < Tree::off) {
      sampler_of(entry).set(*rule);
      entry.state.sampled_level.store_relaxed(threshold);
      entry.state.threshold.store_relaxed(detail::sampled_threshold);
    } else {
      entry.state.threshold.store_relaxed(threshold);
    }
  }

  void describe(const Entry& entry) const {
    if (dictionary_ == nullptr) return;
    dictionary_->add(crash::EntryKind::logger, entry.state.id(), entry.name);
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Tree> tree_ = std::make_shared<Tree>();
  std::map<std::string_view, Entry*, std::less<>> by_name_;
  record::IdTable<Entry> loggers_;
  crash::Dictionary* dictionary_ = nullptr;
};

Registry& registry() {
  // Never destroyed: handles are valid to the very end of the process.
  static Registry& instance = *new Registry;
  return instance;
}

}  // namespace

void lock_loggers() {
  registry().mutex().lock();
}
void unlock_loggers() {
  registry().mutex().unlock();
}

void describe_loggers_in(crash::Dictionary* dictionary) {
  registry().describe_in(dictionary);
}

const detail::LoggerState& logger(std::uint32_t id) {
  return registry().at(id);
}

std::vector<std::string> logger_names() {
  return registry().names();
}

CallSampler& call_sampler(std::string_view logger) {
  return registry().sampler(logger);
}

void set_levels(std::shared_ptr<const Tree> tree) {
  registry().set_levels(std::move(tree));
}

}  // namespace route

detail::LoggerState& detail::logger_state(std::string_view name) {
  return route::registry().get(name);
}

}  // namespace xylem
