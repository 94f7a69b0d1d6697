#pragma once
/// @file
/// Bytes as hexadecimal digits, for messages and fields.

#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

namespace xylem {

/// A view of bytes, made by hex(): the bytes must live as long as it does, a log call for example.
/// A log call makes the text of it, with three characters a byte. In other text
/// `fmt::format("{}", xylem::hex(bytes))` gives the same.
///
///     XYLEM_INFO(log, "got {}", xylem::hex(packet));                    // got 7f 45 4c 46
///     XYLEM_INFO(log, "got {:sX}", xylem::hex(packet));                 // got 7F454C46
///     XYLEM_INFO(log, "login", xylem::field("token", xylem::hex(id)));  // "token": "7f 45 4c 46"
///
/// In a specification `s` stands for no spaces and `X` for upper case, in any order.
class Hex {
 public:
  constexpr explicit Hex(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  constexpr std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

/// The bytes of a contiguous container, a text, an array or a span, whatever its elements, as they
/// lie in memory. Of a literal the byte 0 at its end is one of them. Thread-safe.
template <typename Range>
requires requires(const Range& range) {
  std::data(range);
  std::size(range);
  requires std::is_trivially_copyable_v<std::remove_pointer_t<decltype(std::data(range))>>;
}
[[nodiscard]] Hex hex(const Range& range) noexcept {
  return Hex{std::as_bytes(std::span{std::data(range), std::size(range)})};
}

/// `bytes` bytes from `data` on.
[[nodiscard]] inline Hex hex(const void* data, std::size_t bytes) noexcept {
  return Hex{{static_cast<const std::byte*>(data), bytes}};
}

}  // namespace xylem

template <>
struct fmt::formatter<xylem::Hex> {
  constexpr auto parse(fmt::format_parse_context& context) {
    auto at = context.begin();
    for (; at != context.end() && *at != '}'; ++at) {
      if (*at == 's') {
        has_spaces_ = false;
      } else if (*at == 'X') {
        digits_ = "0123456789ABCDEF";
      } else {
        context.on_error("bytes take the specifications 's' (no spaces) and 'X' (upper case)");
      }
    }
    return at;
  }

  auto format(const xylem::Hex& hex, fmt::format_context& context) const {
    auto out = context.out();
    bool is_first = true;
    for (const std::byte byte : hex.bytes()) {
      if (!is_first && has_spaces_) *out++ = ' ';
      is_first = false;
      *out++ = digits_[std::to_integer<unsigned>(byte) >> 4];
      *out++ = digits_[std::to_integer<unsigned>(byte) & 15U];
    }
    return out;
  }

 private:
  bool has_spaces_ = true;
  std::string_view digits_ = "0123456789abcdef";
};
