#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <ucontext.h>

namespace xylem::fatal {

inline constexpr std::size_t max_frames = 64;

/// Where one of the calls that led to a place stands in its program or library.
struct Frame {
  std::uintptr_t address;           // of the instruction that was being executed
  const char* path = nullptr;       // of the file that it is of; null: of none
  std::uintptr_t base = 0;          // what is added to the file's addresses in this process
  const void* mapped = nullptr;     // the beginning of the file in memory
  std::string_view function;        // as the linker knows it; empty: not known
  std::uint64_t into_function = 0;  // bytes from its beginning
};

/// The stack, innermost call first. Of what is on it only code addresses are followed; filled as
/// far as that works.
struct Stack {
  std::array<Frame, max_frames> frames;
  std::size_t size = 0;
  bool is_cut = false;  // there are more
};

/// The stack of the code that a signal interrupted. In its handler: no lock, no allocation
/// (libgcc finds the tables through _dl_find_object(), which takes no lock either). May fault on a
/// broken stack: guarded().
void walk_interrupted(Stack& stack, ucontext_t& context);

/// The stack of the caller, from the frame whose code holds `return_address` outwards.
void walk_from(Stack& stack, const void* return_address);

/// Loads what walking needs, which would otherwise be loaded at the first walk.
void prepare_walks();

/// Registers of interrupted code; 0 on machines where they are not known.
std::uintptr_t program_counter(const ucontext_t& context);
std::uintptr_t stack_pointer(const ucontext_t& context);

}  // namespace xylem::fatal
