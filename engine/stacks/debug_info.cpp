#include "stacks/debug_info.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xylem::stacks {
namespace {

/// Each holds a descriptor or two, and what it has read.
constexpr std::size_t max_open_files = 4;

int no_elf(Dwfl_Module*, void**, const char*, Dwarf_Addr, char**, Elf**) {
  return -1;
}

/// Debug packages, found by the linker's note; never the network, which
/// dwfl_standard_find_debuginfo may ask.
const Dwfl_Callbacks callbacks = {
    .find_elf = no_elf,
    .find_debuginfo = dwfl_build_id_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = nullptr,
};

std::string text_of(const char* text) {
  return text != nullptr ? text : "";
}

/// Of a function or of the inlined copy of one.
std::string name_of(Dwarf_Die& function) {
  Dwarf_Attribute attribute;
  const char* linked =
      dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
  return text_of(linked != nullptr ? linked : dwarf_diename(&function));
}

/// DWARF gives files as the compiler was told of them, and where it ran.
std::string full_path(const char* file, const char* directory) {
  const std::filesystem::path path{text_of(file)};
  if (path.empty()) return {};
  return (std::filesystem::path{text_of(directory)} / path).lexically_normal().string();
}

/// Where the code that was inlined as `call` was called.
void read_call(Dwarf_Die& unit, Dwarf_Die& call, Place& place) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0;
  Dwarf_Word line = 0;
  Dwarf_Files* files = nullptr;
  if (dwarf_formudata(dwarf_attr(&call, DW_AT_call_file, &attribute), &file) != 0 ||
      dwarf_formudata(dwarf_attr(&call, DW_AT_call_line, &attribute), &line) != 0 ||
      dwarf_getsrcfiles(&unit, &files, nullptr) != 0) {
    return;
  }
  const char* const directory = dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute));
  place.file = full_path(dwarf_filesrc(files, file, nullptr, nullptr), directory);
  place.line = static_cast<int>(line);
}

bool is_inlined(Dwarf_Die& die) {
  return dwarf_tag(&die) == DW_TAG_inlined_subroutine;
}

}  // namespace

/// One file, open.
class DebugInfo::File {
 public:
  explicit File(const Module& module) : module_{module}, dwfl_{dwfl_begin(&callbacks)} {
    if (dwfl_ == nullptr) return;
    // Not a pipe, which would make the opening wait.
    const int fd = ::open(module.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (fd < 0) return;
    dwfl_report_begin(dwfl_);
    // On success the descriptor is libdw's.
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
      reported_ = dwfl_report_offline(dwfl_, "", module.path.c_str(), fd);
    }
    if (reported_ == nullptr) ::close(fd);
    dwfl_report_end(dwfl_, nullptr, nullptr);
    if (reported_ != nullptr && !is_that_build()) reported_ = nullptr;
  }
  ~File() { dwfl_end(dwfl_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_of(const Module& module) const {
    return module_.path == module.path && module_.identity == module.identity;
  }

  std::vector<Place> find(std::uint64_t address) {
    std::vector<Place> places;
    if (reported_ == nullptr) return places;
    Dwarf_Addr bias = 0;
    dwfl_module_getelf(reported_, &bias);
    const Dwarf_Addr at = address + bias;
    Place innermost;
    innermost.function = text_of(dwfl_module_addrname(reported_, at));
    Dwarf_Addr unit_bias = 0;
    if (Dwarf_Die* const unit = find_unit(at, unit_bias)) {
      read_line(*unit, at - unit_bias, innermost);
      add_functions(*unit, at - unit_bias, innermost, places);
    }
    if (places.empty() && !(innermost.function.empty() && innermost.file.empty())) {
      places.push_back(innermost);
    }
    return places;
  }

 private:
  bool is_that_build() const {
    Dwarf_Addr bias = 0;
    Elf* const elf = dwfl_module_getelf(reported_, &bias);
    const void* id = nullptr;
    const ssize_t size = elf != nullptr ? dwelf_elf_gnu_build_id(elf, &id) : -1;
    if (size <= 0) return identity_by_age(module_.path) == module_.identity;
    return std::string_view{static_cast<const char*>(id), static_cast<std::size_t>(size)} ==
           module_.identity;
  }

  /// Not by dwfl_module_getsrc(), which knows only units that a table of addresses leads to.
  static void read_line(Dwarf_Die& unit, Dwarf_Addr pc, Place& place) {
    Dwarf_Line* const line = dwarf_getsrc_die(&unit, pc);
    if (line == nullptr) return;
    dwarf_lineno(line, &place.line);
    Dwarf_Attribute attribute;
    const char* const directory = dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute));
    place.file = full_path(dwarf_linesrc(line, nullptr, nullptr), directory);
  }

  /// By the table of addresses, which clang does not write; then by looking at every unit.
  Dwarf_Die* find_unit(Dwarf_Addr at, Dwarf_Addr& bias) {
    if (Dwarf_Die* const unit = dwfl_module_addrdie(reported_, at, &bias)) return unit;
    for (Dwarf_Die* unit = dwfl_module_nextcu(reported_, nullptr, &bias); unit != nullptr;
         unit = dwfl_module_nextcu(reported_, unit, &bias)) {
      if (dwarf_haspc(unit, at - bias) > 0) return unit;
    }
    return nullptr;
  }

  /// The function at an address, and those that are inlined there.
  static void add_functions(Dwarf_Die& unit, Dwarf_Addr pc, Place place,
                            std::vector<Place>& places) {
    Dwarf_Die* scopes = nullptr;
    const int scopes_size = dwarf_getscopes(&unit, pc, &scopes);
    Dwarf_Die* deeper = nullptr;
    int deeper_size = 0;
    // The scopes around an inlined function are those of its definition; its own are where it is.
    if (scopes_size > 0) deeper_size = dwarf_getscopes_die(&scopes[0], &deeper);
    const std::string linked = place.function;
    for (int i = 0; i < deeper_size; ++i) {
      Dwarf_Die& scope = deeper[i];
      const bool is_function = dwarf_tag(&scope) == DW_TAG_subprogram;
      if (!is_function && !is_inlined(scope)) continue;
      // The symbol table knows what was cloned, and the source's name may lack its scope.
      place.function = is_function && !linked.empty() ? linked : name_of(scope);
      places.push_back(place);
      if (is_function) break;
      read_call(unit, scope, place);
    }
    std::free(deeper);  // NOLINT(cppcoreguidelines-no-malloc): libdw's way
    std::free(scopes);  // NOLINT(cppcoreguidelines-no-malloc)
  }

  Module module_;
  Dwfl* dwfl_;
  Dwfl_Module* reported_ = nullptr;
};

DebugInfo::DebugInfo() = default;
DebugInfo::~DebugInfo() = default;

DebugInfo::File* DebugInfo::open(const Module& module) {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const auto& file) { return file->is_of(module); });
  if (found != files_.end()) {
    std::rotate(found, found + 1, files_.end());
  } else {
    if (files_.size() == max_open_files) files_.erase(files_.begin());
    files_.push_back(std::make_unique<File>(module));
  }
  return files_.back().get();
}

std::vector<Place> DebugInfo::find(const Module& module, std::uint64_t address) {
  return open(module)->find(address);
}

}  // namespace xylem::stacks
