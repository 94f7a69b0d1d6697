#pragma once

#include <cstdint>

#include <xylem/detail/atomic.hpp>

namespace xylem::drain {

/// Sleeps while `word` is `expected`, at most `timeout_us`; may wake for no reason.
void futex_wait(detail::Atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t timeout_us) noexcept;

/// Wakes whoever sleeps on `word`.
void futex_wake(detail::Atomic<std::uint32_t>& word) noexcept;

}  // namespace xylem::drain
