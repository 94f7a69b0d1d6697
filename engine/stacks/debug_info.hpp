#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stacks/module.hpp"

namespace xylem::stacks {

/// A place in the source that an instruction was made of.
struct Place {
  std::string function;  // as the linker knows it, else as the source does; empty: not known
  std::string file;      // empty: not known
  int line = 0;
};

/// What the files of programs and libraries say of their code: functions, files and lines, from
/// DWARF where they were built with it (-g) or a debug package is installed, else functions from
/// the symbol table. By libdw of elfutils. Not thread-safe.
class DebugInfo {
 public:
  DebugInfo();
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  /// The places of an instruction, those of inlined calls first, innermost first. None when the
  /// file is not there any more, or is another build.
  std::vector<Place> find(const Module& module, std::uint64_t address);

 private:
  class File;

  File* open(const Module& module);

  std::vector<std::unique_ptr<File>> files_;  // the one used last comes last
};

}  // namespace xylem::stacks
