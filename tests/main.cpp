// The one main of every test program: doctest's is slow to compile.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define XYLEM_LOOKS_FOR_LEAKS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define XYLEM_LOOKS_FOR_LEAKS
#endif
#ifdef XYLEM_LOOKS_FOR_LEAKS
#include <unistd.h>

namespace {
const pid_t first_process = getpid();
}

/// The child of a fork ends in the middle of its parent's objects: what it leaves is no leak.
extern "C" int __lsan_is_turned_off() {
  return getpid() != first_process ? 1 : 0;
}
#endif
