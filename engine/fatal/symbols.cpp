#include "fatal/symbols.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

namespace xylem::fatal {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

/// Longer names, which templates can make, would fill the pool.
constexpr std::size_t max_name_bytes = 2048;

class File {
 public:
  explicit File(const char* path) : fd_{open(path, O_RDONLY | O_CLOEXEC)} {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// How many bytes were read; a file may end, or be none.
  std::size_t read(void* to, std::size_t bytes, std::uint64_t offset) const {
    const ssize_t got = pread(fd_, to, bytes, static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  template <typename T>
  bool read(T& value, std::uint64_t offset) const {
    return read(&value, sizeof value, offset) == sizeof value;
  }

 private:
  int fd_;
};

/// Names, one behind the other, each with a NUL.
class Pool {
 public:
  explicit Pool(std::span<char> memory) : memory_{memory} {}

  /// Copies the name at a place in the file; empty when it does not fit.
  std::string_view copy(const File& file, std::uint64_t offset) {
    const std::span<char> room = memory_.first(std::min(memory_.size(), max_name_bytes));
    const std::size_t got = file.read(room.data(), room.size(), offset);
    const std::size_t size = strnlen(room.data(), got);
    if (size == got) return {};
    memory_ = memory_.subspan(size + 1);
    return {room.data(), size};
  }

 private:
  std::span<char> memory_;
};

struct SymbolTable {
  std::uint64_t offset = 0;
  std::size_t symbols = 0;
  std::uint64_t names_offset = 0;
};

/// The table of all symbols, else that of the exported ones.
bool find_table(const File& file, const Header& header, SymbolTable& table) {
  if (header.e_shentsize != sizeof(Section)) return false;
  bool is_complete = false;
  for (std::size_t i = 0; i < header.e_shnum && !is_complete; ++i) {
    Section section;
    Section names;
    if (!file.read(section, header.e_shoff + i * sizeof section)) break;
    is_complete = section.sh_type == SHT_SYMTAB;
    if (!is_complete && section.sh_type != SHT_DYNSYM) continue;
    if (!file.read(names, header.e_shoff + section.sh_link * sizeof names)) break;
    table = {section.sh_offset, section.sh_size / sizeof(Symbol), names.sh_offset};
  }
  return table.symbols > 0;
}

bool covers(const Symbol& symbol, const Frame& frame) {
  const std::uintptr_t address = frame.address - frame.base;
  return (symbol.st_info & 0xf) == STT_FUNC && address >= symbol.st_value &&
         address - symbol.st_value < symbol.st_size;
}

/// Several names may stand for one address (a constructor's, for one): the first counts.
void name_frames(std::span<Frame> frames, const void* mapped, const Symbol& symbol,
                 const File& file, const SymbolTable& table, Pool& pool) {
  std::string_view name;
  for (Frame& frame : frames) {
    if (frame.mapped != mapped || !frame.function.empty() || !covers(symbol, frame)) continue;
    // Once for all frames of a recursion.
    if (name.empty()) name = pool.copy(file, table.names_offset + symbol.st_name);
    frame.function = name;
    frame.into_function = frame.address - frame.base - symbol.st_value;
  }
}

/// A file that was replaced since it was mapped would give wrong names: its header, which says
/// where its parts are, has to be the one in memory.
bool is_mapped(const Header& header, const void* mapped) {
  const bool is_elf = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  return is_elf && std::memcmp(&header, mapped, sizeof header) == 0;
}

void name_frames_of(const Frame& one, std::span<Frame> frames, Pool& pool) {
  // The program has no path among the loader's files.
  const File file{one.path[0] == '\0' ? "/proc/self/exe" : one.path};
  Header header;
  SymbolTable table;
  if (!file.read(header, 0) || !is_mapped(header, one.mapped)) return;
  if (!find_table(file, header, table)) return;
  // Not on the stack: a thread that brings its own signal stack may have made it small.
  static Symbol symbols[512];
  constexpr std::size_t most = sizeof symbols / sizeof symbols[0];
  for (std::size_t first = 0; first < table.symbols; first += most) {
    const std::size_t wanted = std::min(most, table.symbols - first);
    const std::size_t got =
        file.read(symbols, wanted * sizeof(Symbol), table.offset + first * sizeof(Symbol));
    for (std::size_t i = 0; i < got / sizeof(Symbol); ++i) {
      name_frames(frames, one.mapped, symbols[i], file, table, pool);
    }
    if (got != wanted * sizeof(Symbol)) return;
  }
}

}  // namespace

void find_functions(std::span<Frame> frames, std::span<char> pool_memory) {
  Pool pool{pool_memory};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    bool is_first = frame.path != nullptr;
    for (std::size_t before = 0; before < i; ++before) {
      is_first = is_first && frames[before].mapped != frame.mapped;
    }
    if (is_first) name_frames_of(frame, frames, pool);
  }
}

}  // namespace xylem::fatal
