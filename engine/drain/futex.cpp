#include "drain/futex.hpp"

#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace xylem::drain {

void futex_wait(detail::Atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t timeout_us) noexcept {
  const timespec timeout{timeout_us / 1'000'000, timeout_us % 1'000'000 * 1000};
  syscall(SYS_futex, word.address(), FUTEX_WAIT_PRIVATE, expected, &timeout, nullptr, 0);
}

void futex_wake(detail::Atomic<std::uint32_t>& word) noexcept {
  syscall(SYS_futex, word.address(), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace xylem::drain
