// The library xylem-throw: stands before the C++ library's own __cxa_throw() and notes, for the
// last exceptions of the process, the stack they were thrown from. By the object's address, which
// is what std::exception_ptr holds: rethrown, nested, or sent to another thread, an exception keeps
// its place.
#include "throw/throw_site.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <typeinfo>

#include <dlfcn.h>

#include "stacks/walk.hpp"

extern "C" {
// Of clang's AddressSanitizer, whose own __cxa_throw() the one here stands before: the stack is
// about to be left.
[[gnu::weak]] void __asan_handle_no_return();  // NOLINT(bugprone-reserved-identifier)
}

namespace {

constexpr std::size_t max_frames = 32;
constexpr std::size_t max_throws = 512;  // a power of two
constexpr std::size_t probes = 16;
constexpr int patience = 1000;

/// Under a lock of its own, which is hardly ever taken: a throw takes microseconds anyway.
struct Throw {
  std::atomic<bool> is_locked{false};
  const void* exception = nullptr;
  std::uint64_t number = 0;
  std::size_t size = 0;
  bool is_cut = false;
  std::array<std::uintptr_t, max_frames> addresses{};

  /// In the child of a fork the one who has it may be gone, and in a signal handler it may wait for
  /// this: then the throw is not noted.
  bool try_lock() {
    for (int i = 0; i < patience; ++i) {
      if (!is_locked.exchange(true, std::memory_order_acquire)) return true;
    }
    return false;
  }
  void unlock() { is_locked.store(false, std::memory_order_release); }
};

constinit std::array<Throw, max_throws> throws{};
constinit std::atomic<std::uint64_t> last_number{0};

Throw& place_of(const void* exception, std::size_t probe) {
  // Exceptions are allocated, at multiples of 16.
  const std::uint64_t hash =
      (reinterpret_cast<std::uintptr_t>(exception) >> 4) * 0x9e37'79b9'7f4a'7c15;
  return throws[((hash >> 32) + probe) % max_throws];
}

/// The place of an exception of that address, else the oldest of those that it may take.
Throw& find_place(const void* exception) {
  Throw* oldest = &place_of(exception, 0);
  std::uint64_t oldest_number = ~std::uint64_t{0};
  for (std::size_t probe = 0; probe < probes; ++probe) {
    Throw& entry = place_of(exception, probe);
    if (!entry.try_lock()) continue;
    const bool is_it = entry.exception == exception;
    const std::uint64_t number = entry.number;
    entry.unlock();
    if (is_it) return entry;
    if (number >= oldest_number) continue;
    oldest = &entry;
    oldest_number = number;
  }
  return *oldest;
}

void note(const void* exception, const void* return_address) {
  Throw& entry = find_place(exception);
  if (!entry.try_lock()) return;
  xylem::stacks::Walk walk{entry.addresses};
  walk.run(return_address);
  entry.exception = exception;
  entry.size = walk.size;
  entry.is_cut = walk.is_cut;
  entry.number = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  entry.unlock();
}

using Throwing = void (*)(void*, std::type_info*, void (*)(void*));

Throwing next_throwing() {
  static const auto next =
      reinterpret_cast<Throwing>(dlsym(RTLD_NEXT, "__cxa_throw"));  // NOLINT: its only way
  if (next == nullptr) std::abort();  // a C++ library that is linked statically
  return next;
}

}  // namespace

std::size_t xylem_throw_site(const void* exception, std::uintptr_t* addresses, std::size_t size,
                             bool* is_cut) noexcept {
  for (std::size_t probe = 0; probe < probes; ++probe) {
    Throw& entry = place_of(exception, probe);
    if (!entry.try_lock()) continue;
    const bool is_it = entry.exception == exception;
    const std::size_t found = is_it ? std::min(entry.size, size) : 0;
    std::copy_n(entry.addresses.begin(), found, addresses);
    *is_cut = is_it && (entry.is_cut || entry.size > size);
    entry.unlock();
    if (is_it) return found;
  }
  return 0;
}

// NOLINTNEXTLINE(bugprone-reserved-identifier): the C++ ABI's name
extern "C" [[noreturn]] void __cxa_throw(void* exception, std::type_info* type,
                                         void (*destructor)(void*)) {
  note(exception, __builtin_return_address(0));
  if (__asan_handle_no_return != nullptr) __asan_handle_no_return();
  next_throwing()(exception, type, destructor);
  __builtin_unreachable();
}
