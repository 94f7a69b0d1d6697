#pragma once

// Fuzz bytes as a source of decisions, numbers and texts.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fuzz {

/// Takes what it is asked for from the front; once the bytes have ended, everything is zero or
/// empty.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_{reinterpret_cast<const char*>(data), size} {}

  bool empty() const { return rest_.empty(); }

  std::uint8_t byte() { return number<std::uint8_t>(); }
  bool flag() { return (byte() & 1) != 0; }

  /// 0 to `end` - 1; `end` is at most 256.
  std::size_t below(std::size_t end) { return byte() % end; }

  template <typename T>
  T number() {
    T value{};
    const std::string_view bytes = take(sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }

  template <typename T, std::size_t n>
  const T& pick(const T (&from)[n]) {
    return from[below(n)];
  }

  /// A byte of length, then as many bytes.
  std::string text() { return std::string{take(byte())}; }

  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view take(std::size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

}  // namespace fuzz
