#include "fatal/stack.hpp"

#include <bit>

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

namespace xylem::fatal {
namespace {

/// The file behind an address. dladdr() would take the loader's lock, which the crashed thread may
/// have.
bool find_module(Frame& frame) {
  dl_find_object object{};
  if (_dl_find_object(std::bit_cast<void*>(frame.address), &object) != 0) return false;
  frame.path = object.dlfo_link_map->l_name;
  frame.base = object.dlfo_link_map->l_addr;
  frame.mapped = object.dlfo_map_start;
  return true;
}

void add(Stack& stack, std::uintptr_t address) {
  Frame& frame = stack.frames[stack.size];
  frame = {.address = address, .function = {}};
  find_module(frame);
  ++stack.size;
}

/// A walk in progress: the frames before `first` are those of the handler.
struct Walk {
  Stack* stack;
  std::uintptr_t first;
  bool has_begun = false;
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
  auto& walk = *static_cast<Walk*>(argument);
  int is_instruction = 0;
  const std::uintptr_t address = _Unwind_GetIPInfo(context, &is_instruction);
  if (address == 0) return _URC_END_OF_STACK;
  walk.has_begun |= address == walk.first;
  if (!walk.has_begun) return _URC_NO_REASON;
  if (walk.stack->size == max_frames) {
    walk.stack->is_cut = true;
    return _URC_END_OF_STACK;
  }
  // A return address may be the first of the next function: the call is before it.
  add(*walk.stack, is_instruction != 0 ? address : address - 1);
  return _URC_NO_REASON;
}

void walk(Stack& stack, std::uintptr_t first) {
  Walk walk{&stack, first};
  _Unwind_Backtrace(visit, &walk);
}

#if defined(__x86_64__)
/// After a call of an address that is no code, the return address is on top of the stack: goes back
/// to the caller, as the unwinder will find it. False when that is no code either.
bool step_out_of_nowhere(ucontext_t& context) {
  auto& registers = context.uc_mcontext.gregs;
  const auto* const top = std::bit_cast<const std::uintptr_t*>(registers[REG_RSP]);
  Frame caller{.address = *top - 1, .function = {}};
  if (!find_module(caller)) return false;
  registers[REG_RIP] = static_cast<greg_t>(caller.address);
  registers[REG_RSP] += sizeof *top;
  return true;
}
#endif

}  // namespace

std::uintptr_t program_counter(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return context.uc_mcontext.pc;
#else
  static_cast<void>(context);
  return 0;
#endif
}

std::uintptr_t stack_pointer(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return context.uc_mcontext.sp;
#else
  static_cast<void>(context);
  return 0;
#endif
}

void walk_interrupted(Stack& stack, ucontext_t& context) {
#if defined(__x86_64__)
  Frame interrupted{.address = program_counter(context), .function = {}};
  if (!find_module(interrupted)) {
    add(stack, interrupted.address);
    if (!step_out_of_nowhere(context)) return;
  }
#endif
  const std::size_t size_before = stack.size;
  walk(stack, program_counter(context));
  if (stack.size == size_before) add(stack, program_counter(context));
}

void walk_from(Stack& stack, const void* return_address) {
  walk(stack, reinterpret_cast<std::uintptr_t>(return_address));
}

void prepare_walks() {
  Walk nothing{nullptr, 0};
  _Unwind_Backtrace([](_Unwind_Context*, void*) { return _URC_END_OF_STACK; }, &nothing);
}

}  // namespace xylem::fatal
