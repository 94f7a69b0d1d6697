#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crash/dictionary.hpp"

/// Where code stands, in words that outlive the process: the number of a module, a program or
/// library as it was loaded, in the upper 16 bits, and below them the address that its file gives.
///
/// A module's number is described in the crash file before a record has it.
namespace xylem::stacks {

using Word = std::uint64_t;

/// Of code that is in no file; the lower bits are those of its address.
inline constexpr std::uint64_t no_module = 0;
/// In the place of frames that were left out.
inline constexpr Word more_frames = ~Word{0};

constexpr std::uint64_t module_of(Word word) {
  return word >> 48;
}
constexpr std::uint64_t address_of(Word word) {
  return word & ((Word{1} << 48) - 1);
}

struct Module {
  std::string path;
  /// Tells one build of a file from another: what its linker noted, else its size and age.
  std::string identity;
};

/// The words of addresses of instructions that are loaded now. Any thread; `words` is as long.
void find_words(std::span<const std::uintptr_t> addresses, std::span<Word> words);

/// The module of that number in this process.
std::optional<Module> find_module(std::uint64_t number);

/// As bytes: the length of the path as u32, the path, the identity.
std::string encode(const Module& module);
std::optional<Module> decode_module(std::string_view bytes);

/// The identity of a file without a linker's note; empty when there is no such file.
std::string identity_by_age(const std::string& path);

/// Describes all modules, known and to come, in a dictionary. Null: in none.
void describe_modules_in(crash::Dictionary* dictionary);

/// Around fork(2).
void lock_modules();
void unlock_modules();

}  // namespace xylem::stacks
