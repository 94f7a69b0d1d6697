#include "route/loggers.hpp"

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "record/id_table.hpp"
#include "route/call_sampler.hpp"

namespace xylem {
namespace route {
namespace {

/// A logger and the text behind its name.
struct Entry {
  EngineNumber engine;
  std::string name;
  detail::LoggerState state;
  std::unique_ptr<CallSampler> sampler{};  // null: calls were never sampled

  Entry(EngineNumber whose, std::string_view logger_name, std::uint32_t id, int threshold)
      : engine{whose},
        name{logger_name},
        state{detail::Atomic<int>{threshold}, {}, detail::header_word(0, id, 0), name} {}
};

class Registry {
 public:
  detail::LoggerState& get(EngineNumber engine, std::string_view name) {
    if (name.empty()) name = "root";
    const std::lock_guard lock{mutex_};
    const auto found = by_name_.find({engine, name});
    if (found != by_name_.end()) return found->second->state;
    return add(engine, name);
  }

  const Entry& at(std::uint32_t id) const { return loggers_.at(id); }

  std::vector<std::string> names(EngineNumber engine) const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> names;
    for (auto at = by_name_.lower_bound({engine, {}});
         at != by_name_.end() && at->first.first == engine; ++at) {
      names.emplace_back(at->first.second);
    }
    return names;
  }

  void set_levels(Forest forest) {
    const std::lock_guard lock{mutex_};
    forest_ = std::move(forest);
    for (const auto& [name, entry] : by_name_) put_level(*entry);
  }

  void describe_in(crash::Dictionary* dictionary) {
    const std::lock_guard lock{mutex_};
    dictionary_ = dictionary;
    for (std::uint32_t id = 0; id < loggers_.next_id(); ++id) describe(loggers_.at(id));
  }

  std::mutex& mutex() { return mutex_; }

 private:
  using Name = std::pair<EngineNumber, std::string_view>;

  detail::LoggerState& add(EngineNumber engine, std::string_view name) {
    if (loggers_.is_full()) throw std::length_error{"xylem: more than 16777216 loggers"};
    const int threshold = forest_.tree(engine)->threshold(name);
    Entry& entry =
        loggers_.add(std::make_unique<Entry>(engine, name, loggers_.next_id(), threshold));
    put_level(entry);
    by_name_.emplace(Name{engine, entry.name}, &entry);
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
    const Tree& tree = *forest_.tree(entry.engine);
    const int threshold = tree.threshold(entry.name);
    const Filter* const filter = tree.filter_for_calls(entry.name);
    if (filter != nullptr && threshold < Tree::off) {
      CallSampler& sampler = sampler_of(entry);
      sampler.set(*filter->rule_for_calls());
      filter->use(sampler);
      entry.state.sampled_level.store_relaxed(threshold);
      entry.state.threshold.store_relaxed(detail::sampled_threshold);
    } else {
      entry.state.threshold.store_relaxed(threshold);
    }
  }

  void describe(const Entry& entry) const {
    if (dictionary_ == nullptr) return;
    dictionary_->add_of(entry.engine, crash::EntryKind::logger, entry.state.id(), entry.name);
  }

  mutable std::mutex mutex_;
  Forest forest_{std::make_shared<const Tree>()};
  std::map<Name, Entry*> by_name_;
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
  return registry().at(id).state;
}

EngineNumber engine_of(std::uint32_t id) {
  return registry().at(id).engine;
}

std::vector<std::string> logger_names(EngineNumber engine) {
  return registry().names(engine);
}

void set_levels(Forest forest) {
  registry().set_levels(std::move(forest));
}

}  // namespace route

detail::LoggerState& detail::logger_state(std::string_view name, std::uint32_t engine) {
  return route::registry().get(engine, name);
}

}  // namespace xylem
