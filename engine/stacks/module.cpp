#include "stacks/module.hpp"

#include <array>
#include <bit>
#include <climits>
#include <cstring>
#include <mutex>
#include <vector>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xylem::stacks {
namespace {

/// As many as the upper bits can number; later ones are said to be none.
constexpr std::size_t max_modules = 0xfffe;

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

constexpr std::size_t round_up_4(std::size_t size) {
  return (size + 3) / 4 * 4;
}

/// Whose note it is: the name ends with a zero, which counts.
constexpr std::string_view gnu{"GNU\0", 4};

std::string_view find_build_id(const std::byte* note, const std::byte* end) {
  while (end - note >= static_cast<std::ptrdiff_t>(sizeof(ElfW(Nhdr)))) {
    const auto header = load<ElfW(Nhdr)>(note);
    const std::size_t name_bytes = round_up_4(header.n_namesz);
    const std::size_t bytes = sizeof header + name_bytes + round_up_4(header.n_descsz);
    if (bytes > static_cast<std::size_t>(end - note)) break;
    const auto* const name = reinterpret_cast<const char*>(note + sizeof header);
    if (header.n_type == NT_GNU_BUILD_ID && std::string_view{name, header.n_namesz} == gnu) {
      return {name + name_bytes, header.n_descsz};
    }
    note += bytes;
  }
  return {};
}

/// What the linker noted, where it stands in memory; empty when it did not. The headers of a file
/// that is loaded have been checked by the loader.
std::string_view build_id_in_memory(const dl_find_object& object) {
  const auto* const begin = static_cast<const std::byte*>(object.dlfo_map_start);
  const auto* const end = static_cast<const std::byte*>(object.dlfo_map_end);
  const auto header = load<ElfW(Ehdr)>(begin);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = load<ElfW(Phdr)>(begin + header.e_phoff + i * sizeof(ElfW(Phdr)));
    if (segment.p_type != PT_NOTE) continue;
    const auto* const note =
        std::bit_cast<const std::byte*>(object.dlfo_link_map->l_addr + segment.p_vaddr);
    if (note < begin || note >= end || segment.p_memsz > static_cast<std::size_t>(end - note)) {
      continue;
    }
    const std::string_view id = find_build_id(note, note + segment.p_memsz);
    if (!id.empty()) return id;
  }
  return {};
}

std::string path_of(const dl_find_object& object) {
  const char* const name = object.dlfo_link_map->l_name;
  if (*name != '\0') return name;
  std::array<char, PATH_MAX> program{};
  const ssize_t size = ::readlink("/proc/self/exe", program.data(), program.size());
  return size > 0 ? std::string(program.data(), static_cast<std::size_t>(size)) : std::string{};
}

class Modules {
 public:
  void find_words(std::span<const std::uintptr_t> addresses, std::span<Word> words) {
    const std::lock_guard lock{mutex_};
    dl_find_object object{};
    std::uint64_t number = no_module;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const std::uintptr_t address = addresses[i];
      const auto* const place = std::bit_cast<const std::byte*>(address);
      if (place < object.dlfo_map_start || place >= object.dlfo_map_end) {
        object = {};
        const bool is_found = _dl_find_object(std::bit_cast<void*>(address), &object) == 0;
        number = is_found ? find(object) : no_module;
      }
      const std::uintptr_t base = number == no_module ? 0 : object.dlfo_link_map->l_addr;
      words[i] = number << 48 | address_of(address - base);
    }
  }

  std::optional<Module> at(std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    if (number == no_module || number > loaded_.size()) return std::nullopt;
    return loaded_[number - 1].module;
  }

  void describe_in(crash::Dictionary* dictionary) {
    const std::lock_guard lock{mutex_};
    dictionary_ = dictionary;
    for (std::size_t i = 0; i < loaded_.size(); ++i) describe(i + 1);
  }

  std::mutex& mutex() { return mutex_; }

 private:
  struct Loaded {
    const void* begin;
    const void* end;
    const link_map* map;
    std::string_view build_id;  // in memory
    Module module;

    /// Another build may have been loaded in the place of one that was unloaded.
    bool is(const dl_find_object& object) const {
      return begin == object.dlfo_map_start && end == object.dlfo_map_end &&
             map == object.dlfo_link_map && (build_id.empty() || build_id == module.identity);
    }
  };

  std::uint64_t find(const dl_find_object& object) {
    for (std::size_t i = loaded_.size(); i-- > 0;) {
      if (loaded_[i].is(object)) return i + 1;
    }
    if (loaded_.size() == max_modules) return no_module;
    const std::string_view build_id = build_id_in_memory(object);
    std::string path = path_of(object);
    std::string identity = build_id.empty() ? identity_by_age(path) : std::string{build_id};
    loaded_.push_back({object.dlfo_map_start,
                       object.dlfo_map_end,
                       object.dlfo_link_map,
                       build_id,
                       {std::move(path), std::move(identity)}});
    describe(loaded_.size());
    return loaded_.size();
  }

  void describe(std::uint64_t number) const {
    if (dictionary_ == nullptr) return;
    dictionary_->add(crash::EntryKind::module, number, encode(loaded_[number - 1].module));
  }

  std::mutex mutex_;
  std::vector<Loaded> loaded_;
  crash::Dictionary* dictionary_ = nullptr;
};

Modules& modules() {
  // Never destroyed: destructors of static objects may log.
  static Modules& instance = *new Modules;
  return instance;
}

}  // namespace

void find_words(std::span<const std::uintptr_t> addresses, std::span<Word> words) {
  modules().find_words(addresses, words);
}

std::optional<Module> find_module(std::uint64_t number) {
  return modules().at(number);
}

std::string encode(const Module& module) {
  const auto size = static_cast<std::uint32_t>(module.path.size());
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes.append(module.path).append(module.identity);
}

std::optional<Module> decode_module(std::string_view bytes) {
  std::uint32_t size = 0;
  if (bytes.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size()) return std::nullopt;
  return Module{std::string{bytes.substr(0, size)}, std::string{bytes.substr(size)}};
}

std::string identity_by_age(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
         std::to_string(status.st_mtim.tv_nsec);
}

void describe_modules_in(crash::Dictionary* dictionary) {
  modules().describe_in(dictionary);
}

void lock_modules() {
  modules().mutex().lock();
}
void unlock_modules() {
  modules().mutex().unlock();
}

}  // namespace xylem::stacks
