#include <array>
#include <exception>
#include <span>

#include <xylem/stack.hpp>

#include "stacks/module.hpp"
#include "stacks/walk.hpp"

namespace xylem {

[[gnu::noinline]] Stack stack() noexcept {
  Stack stack;
  std::array<std::uintptr_t, Stack::max_frames> addresses;
  stacks::Walk walk{addresses};
  walk.run(__builtin_return_address(0));
  try {
    stacks::find_words(std::span{addresses}.first(walk.size), stack.words_);
  } catch (const std::exception&) {
    return stack;  // no memory to describe a library
  }
  stack.size_ = walk.size;
  if (walk.is_cut) stack.words_[stack.size_++] = stacks::more_frames;
  return stack;
}

}  // namespace xylem
