#include "record/site.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

#include "record/dictionary.hpp"
#include "record/id_table.hpp"

namespace xylem {

constinit detail::FreeSite detail::free_sites[detail::free_site_slots];

namespace record {
namespace {

void append(std::string& to, std::string_view text) {
  to.append(std::to_string(text.size())).append(1, ':').append(text);
}

/// All that tells one site from another, as one text.
std::string identity_of(const detail::SiteSpec& spec) {
  std::string identity;
  append(identity, spec.source.format);
  append(identity, spec.source.file);
  append(identity, spec.source.function);
  identity += std::to_string(spec.source.line) + ' ' +
              std::to_string(static_cast<int>(spec.source.level)) + ' ';
  for (std::size_t i = 0; i < spec.arguments; ++i) {
    identity += static_cast<char>('a' + static_cast<int>(spec.kinds[i]));
    if (spec.keys[i].data != nullptr) append(identity, spec.keys[i].view());
  }
  return identity;
}

std::unique_ptr<const Site> make_site(std::uint32_t id, const detail::SiteSpec& spec) {
  auto site = std::make_unique<Site>();
  site->id = id;
  site->level = spec.source.level;
  site->format = spec.source.format;
  site->pathname = spec.source.file;
  site->function = spec.source.function;
  site->line = spec.source.line;
  clear_arguments(*site);
  for (std::size_t i = 0; i < spec.arguments; ++i) {
    add_argument(*site, spec.kinds[i], spec.keys[i].data != nullptr, spec.keys[i].view());
  }
  return site;
}

class Registry {
 public:
  Registry() {
    static constexpr Kind text[] = {Kind::string};
    static constexpr Kind count[] = {Kind::uint64};
    static constexpr Kind members[] = {Kind::members};
    static constexpr detail::KeyText no_keys[1] = {};
    intern({{"(no more call sites)", "", "", 0, Level::warning}, nullptr, nullptr, 0});
    intern({{"{}", "", "", 0, Level::notset}, text, no_keys, 1});
    intern({{"{} records dropped", "", "", 0, Level::warning}, count, no_keys, 1});
    intern({{"(context)", "", "", 0, Level::notset}, members, no_keys, 1});
  }

  std::uint32_t intern(const detail::SiteSpec& spec) {
    const std::lock_guard lock{mutex_};
    return intern_locked(spec);
  }

  std::uint32_t intern_free(std::uint64_t hash, const detail::SiteSpec& spec) {
    const std::lock_guard lock{mutex_};
    const std::uint32_t id = intern_locked(spec);
    for (std::size_t probe = 0; probe < detail::free_site_probes; ++probe) {
      detail::FreeSite& entry = detail::free_site(hash, probe);
      if (entry.hash.load_relaxed() == hash) break;
      if (entry.hash.load_relaxed() == 0) {
        entry.id.store_relaxed(id);
        entry.hash.store_release(hash);
        break;
      }
    }
    return id;
  }

  const Site& at(std::uint32_t id) const { return sites_.at(id); }

  void describe_in(crash::Dictionary* dictionary) {
    const std::lock_guard lock{mutex_};
    dictionary_ = dictionary;
    for (std::uint32_t id = 0; id < sites_.next_id(); ++id) describe(sites_.at(id));
  }

  std::mutex& mutex() { return mutex_; }

 private:
  std::uint32_t intern_locked(const detail::SiteSpec& spec) {
    const auto [found, is_new] = ids_.try_emplace(identity_of(spec), sites_.next_id());
    if (!is_new) return found->second;
    if (sites_.is_full()) {
      ids_.erase(found);
      return catch_all_site;
    }
    const Site& site = sites_.add(make_site(sites_.next_id(), spec));
    describe(site);
    return site.id;
  }

  void describe(const Site& site) const {
    if (dictionary_ == nullptr) return;
    dictionary_->add(crash::EntryKind::site, site.id, encode(site));
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  IdTable<const Site> sites_;
  crash::Dictionary* dictionary_ = nullptr;
};

Registry& registry() {
  // Never destroyed: records may be read until the very end of the process.
  static Registry& instance = *new Registry;
  return instance;
}

}  // namespace

void add_argument(Site& site, Kind kind, bool is_field, std::string_view key) {
  site.arguments.push_back({kind, is_field, std::string{key}, site.fixed_bytes});
  site.fixed_bytes += detail::fixed_bytes(kind);
  site.has_tails |= detail::has_tail(kind);
  site.has_traces |= site.arguments.back().is_trace();
}

void clear_arguments(Site& site) {
  site.arguments.clear();
  site.fixed_bytes = 0;
  site.has_tails = false;
  site.has_traces = false;
}

void lock_sites() {
  registry().mutex().lock();
}
void unlock_sites() {
  registry().mutex().unlock();
}

void describe_sites_in(crash::Dictionary* dictionary) {
  registry().describe_in(dictionary);
}

const Site& site(std::uint32_t id) {
  return registry().at(id);
}

}  // namespace record

std::uint32_t detail::register_site(const SiteSpec& spec) {
  return record::registry().intern(spec);
}

std::uint32_t detail::register_free_site(std::uint64_t hash, const SiteSpec& spec) {
  return record::registry().intern_free(hash, spec);
}

}  // namespace xylem
