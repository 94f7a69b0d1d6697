#include <xylem/detail/site.hpp>

namespace xylem::detail {

std::uint32_t id_of_macro_site(MacroSite& site, const Kind* kinds, const KeyText* keys,
                               std::size_t arguments) {
  // As key_hash() in the call.
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < arguments; ++i) {
    if (keys[i].data != nullptr) hash = mix(hash, hash_text(keys[i].view()));
  }
  const std::uint64_t word = site.word.load_acquire();
  if (matches(word, hash)) return static_cast<std::uint32_t>(id_of_word(word));
  const std::uint32_t id = register_site({site.source, kinds, keys, arguments});
  site.word.store_release(site_word(hash, id));
  return id;
}

std::uint32_t id_of_free_site(std::uint64_t hash, const SiteSpec& spec) {
  for (std::size_t probe = 0; probe < free_site_probes; ++probe) {
    const FreeSite& entry = free_site(hash, probe);
    const std::uint64_t found = entry.hash.load_acquire();
    if (found == hash) return entry.id.load_relaxed();
    if (found == 0) break;
  }
  return register_free_site(hash, spec);
}

}  // namespace xylem::detail
