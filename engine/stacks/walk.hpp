#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <unwind.h>

namespace xylem::stacks {

/// The addresses of the calls that led here, innermost first, from the frame that `return_address`
/// is in outwards. Takes no lock and allocates nothing (libgcc finds its tables through
/// _dl_find_object()).
class Walk {
 public:
  explicit Walk(std::span<std::uintptr_t> addresses) : addresses_{addresses} {}

  std::size_t size = 0;
  bool is_cut = false;  // there are more

  void run(const void* return_address) {
    from_ = reinterpret_cast<std::uintptr_t>(return_address);
    _Unwind_Backtrace(visit, this);
  }

 private:
  static _Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
    auto& walk = *static_cast<Walk*>(argument);
    int is_instruction = 0;
    const std::uintptr_t address = _Unwind_GetIPInfo(context, &is_instruction);
    if (address == 0) return _URC_END_OF_STACK;
    walk.has_begun_ |= address == walk.from_;
    if (!walk.has_begun_) return _URC_NO_REASON;
    if (walk.size == walk.addresses_.size()) {
      walk.is_cut = true;
      return _URC_END_OF_STACK;
    }
    // A return address may be the first of the next function: the call is before it.
    walk.addresses_[walk.size++] = is_instruction != 0 ? address : address - 1;
    return _URC_NO_REASON;
  }

  std::span<std::uintptr_t> addresses_;
  std::uintptr_t from_ = 0;
  bool has_begun_ = false;
};

}  // namespace xylem::stacks
