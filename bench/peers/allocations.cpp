#include "allocations.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define XYLEM_BENCH_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define XYLEM_BENCH_SANITIZED
#endif

#if defined(__GLIBC__) && !defined(XYLEM_BENCH_SANITIZED)

namespace {

thread_local std::uint64_t t_allocations = 0;

}  // namespace

// A program's own malloc takes the place of the library's. It counts and passes on to glibc, whose
// free() therefore stays the right one.
extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* old, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) noexcept {
  ++t_allocations;
  return __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
  ++t_allocations;
  return __libc_calloc(count, bytes);
}

void* realloc(void* old, std::size_t bytes) noexcept {
  ++t_allocations;
  return __libc_realloc(old, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  ++t_allocations;
  return __libc_memalign(alignment, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
  ++t_allocations;
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) noexcept {
  ++t_allocations;
  void* const memory = __libc_memalign(alignment, bytes);
  if (memory == nullptr) return ENOMEM;
  *out = memory;
  return 0;
}

}  // extern "C"

const bool xylem::bench::counts_allocations = true;

std::uint64_t xylem::bench::allocations_of_this_thread() {
  return t_allocations;
}

#else

const bool xylem::bench::counts_allocations = false;

std::uint64_t xylem::bench::allocations_of_this_thread() {
  return 0;
}

#endif
