#include "fatal/signal_stack.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>

#include <sys/mman.h>
#include <unistd.h>

namespace xylem::fatal {
namespace {

/// For the handler and the unwinder; the registers that the kernel saves come on top: some 3 KiB
/// with AVX-512, 11 with AMX.
constexpr std::size_t usable_bytes = std::size_t{64} << 10;
constexpr std::size_t page_bytes = 4096;

/// Below it a page that nobody can touch: what overflows there must not go unnoticed.
constinit thread_local std::byte* t_memory = nullptr;

std::size_t stack_bytes() {
  const long frame_bytes = sysconf(_SC_MINSIGSTKSZ);
  const std::size_t bytes = usable_bytes + static_cast<std::size_t>(std::max(frame_bytes, 0L));
  return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

}  // namespace

void give_signal_stack() noexcept {
  stack_t present{};
  if (t_memory != nullptr || sigaltstack(nullptr, &present) != 0) return;
  if ((present.ss_flags & SS_DISABLE) == 0) return;
  const std::size_t bytes = stack_bytes();
  // Memory only once it is touched.
  void* const memory = mmap(nullptr, page_bytes + bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  auto* const begin = static_cast<std::byte*>(memory);
  mprotect(begin, page_bytes, PROT_NONE);
  stack_t made{};
  made.ss_sp = begin + page_bytes;
  made.ss_size = bytes;
  if (sigaltstack(&made, nullptr) != 0) {
    munmap(memory, page_bytes + bytes);
    return;
  }
  t_memory = begin;
}

void take_signal_stack() noexcept {
  if (t_memory == nullptr) return;
  stack_t present{};
  sigaltstack(nullptr, &present);
  if (present.ss_sp == t_memory + page_bytes) {
    // A thread that ends from within a handler still stands on it.
    if ((present.ss_flags & SS_ONSTACK) != 0) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  munmap(t_memory, page_bytes + stack_bytes());
  t_memory = nullptr;
}

}  // namespace xylem::fatal
