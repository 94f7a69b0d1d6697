#pragma once

namespace xylem::detail {

/// What a call site needs of std::atomic, on the compiler's builtins: `<atomic>` alone would take a
/// third of the time that including this library may cost. The order stands in each name, so that
/// every use says which order it relies on.
template <typename T>
class Atomic {
 public:
  constexpr Atomic() noexcept = default;
  constexpr explicit Atomic(T value) noexcept : value_{value} {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load_relaxed() const noexcept { return __atomic_load_n(&value_, __ATOMIC_RELAXED); }
  T load_acquire() const noexcept { return __atomic_load_n(&value_, __ATOMIC_ACQUIRE); }
  T load_seq_cst() const noexcept { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }
  void store_relaxed(T value) noexcept { __atomic_store_n(&value_, value, __ATOMIC_RELAXED); }
  void store_release(T value) noexcept { __atomic_store_n(&value_, value, __ATOMIC_RELEASE); }
  void store_seq_cst(T value) noexcept { __atomic_store_n(&value_, value, __ATOMIC_SEQ_CST); }
  T exchange_seq_cst(T value) noexcept {
    return __atomic_exchange_n(&value_, value, __ATOMIC_SEQ_CST);
  }
  /// Stores `value` if the cell holds `expected`; else `expected` becomes what it holds.
  bool replace_relaxed(T& expected, T value) noexcept {
    return __atomic_compare_exchange_n(&value_, &expected, value, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
  }
  T fetch_add_relaxed(T value) noexcept {
    return __atomic_fetch_add(&value_, value, __ATOMIC_RELAXED);
  }
  T fetch_add_seq_cst(T value) noexcept {
    return __atomic_fetch_add(&value_, value, __ATOMIC_SEQ_CST);
  }

  /// The raw cell, for a futex call.
  T* address() noexcept { return &value_; }

 private:
  T value_{};
};

}  // namespace xylem::detail
