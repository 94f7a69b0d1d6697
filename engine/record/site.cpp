#include "record/site.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace xylem {

constinit detail::FreeSite detail::free_sites[detail::free_site_slots];

namespace record {
namespace {

/// Sites by id, in blocks that never move, so that readers need no lock.
constexpr std::size_t block_sites = 4096;
constexpr std::size_t max_blocks = (std::size_t{1} << detail::site_bits) / block_sites;
using Block = std::array<std::unique_ptr<const Site>, block_sites>;

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
    if (spec.keys[i].data() != nullptr) append(identity, spec.keys[i]);
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
  site->fixed_bytes = 0;
  site->has_tails = false;
  for (std::size_t i = 0; i < spec.arguments; ++i) {
    const Kind kind = spec.kinds[i];
    const bool is_field = spec.keys[i].data() != nullptr;
    site->arguments.push_back({kind, is_field, std::string{spec.keys[i]}, site->fixed_bytes});
    site->fixed_bytes += detail::fixed_bytes(kind);
    site->has_tails |= detail::has_tail(kind);
  }
  return site;
}

class Registry {
 public:
  Registry() {
    static constexpr Kind text[] = {Kind::string};
    static constexpr Kind count[] = {Kind::uint64};
    static constexpr std::string_view no_keys[1] = {};
    intern({{"(no more call sites)", "", "", 0, Level::warning}, nullptr, nullptr, 0});
    intern({{"{}", "", "", 0, Level::notset}, text, no_keys, 1});
    intern({{"{} records dropped", "", "", 0, Level::warning}, count, no_keys, 1});
  }

  std::uint32_t intern(const detail::SiteSpec& spec) {
    const std::lock_guard lock{mutex_};
    return intern_locked(spec);
  }

  std::uint32_t intern_free(std::uint64_t hash, const detail::SiteSpec& spec) {
    const std::lock_guard lock{mutex_};
    const std::uint32_t id = intern_locked(spec);
    for (std::size_t probe = 0; probe < detail::free_site_probes; ++probe) {
      detail::FreeSite& entry = detail::free_sites[(hash / 2 + probe) % detail::free_site_slots];
      if (entry.hash.load_relaxed() == hash) break;
      if (entry.hash.load_relaxed() == 0) {
        entry.id.store_relaxed(id);
        entry.hash.store_release(hash);
        break;
      }
    }
    return id;
  }

  const Site& at(std::uint32_t id) const { return *(*blocks_[id / block_sites])[id % block_sites]; }

 private:
  std::uint32_t intern_locked(const detail::SiteSpec& spec) {
    const auto [found, is_new] = ids_.try_emplace(identity_of(spec), next_);
    if (!is_new) return found->second;
    if (next_ > detail::id_mask) {
      ids_.erase(found);
      return catch_all_site;
    }
    auto& block = blocks_[next_ / block_sites];
    if (block == nullptr) block = std::make_unique<Block>();
    (*block)[next_ % block_sites] = make_site(next_, spec);
    return next_++;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::uint32_t next_ = 0;
  std::array<std::unique_ptr<Block>, max_blocks> blocks_;
};

Registry& registry() {
  // Never destroyed: records may be read until the very end of the process.
  static Registry& instance = *new Registry;
  return instance;
}

}  // namespace

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
