#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace xylem::fatal {

/// Text in memory that is given, cut at its end. For signal handlers: nothing here allocates, takes
/// a lock, or asks for the locale.
class Text {
 public:
  explicit Text(std::span<char> memory) : memory_{memory} {}

  Text& add(std::string_view text) {
    const std::size_t bytes = std::min(text.size(), memory_.size() - size_);
    std::memcpy(memory_.data() + size_, text.data(), bytes);
    size_ += bytes;
    return *this;
  }
  Text& add_decimal(std::int64_t number) { return add_number(number, 10); }
  /// "0x1f".
  Text& add_hex(std::uint64_t number) { return add("0x").add_number(number, 16); }

  std::string_view view() const { return {memory_.data(), size_}; }
  void clear() { size_ = 0; }

 private:
  template <typename T>
  Text& add_number(T number, int base) {
    char digits[24];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, number, base);
    return add({digits, static_cast<std::size_t>(end.ptr - digits)});
  }

  std::span<char> memory_;
  std::size_t size_ = 0;
};

}  // namespace xylem::fatal
