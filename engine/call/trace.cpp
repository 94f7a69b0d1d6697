#include <algorithm>

#include <xylem/trace.hpp>

namespace xylem {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

constexpr int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// Writes an id of so many digits; false for what is none. All zero is invalid by the standard.
bool write_id(char* to, std::string_view id, std::size_t size) {
  if (id.size() != size || id.find_first_not_of('0') == std::string_view::npos) return false;
  if (std::any_of(id.begin(), id.end(), [](char c) { return value_of(c) < 0; })) return false;
  std::transform(id.begin(), id.end(), to,
                 [](char c) { return digits[static_cast<std::size_t>(value_of(c))]; });
  return true;
}

char* write_byte(char* to, unsigned byte) {
  *to++ = digits[byte >> 4 & 0xf];
  *to++ = digits[byte & 0xf];
  return to;
}

}  // namespace

Trace trace(std::string_view trace_id, std::string_view span_id, std::uint8_t flags) noexcept {
  Trace made;
  char* const span_at = made.digits_.data() + Trace::trace_id_digits;
  made.is_valid_ = write_id(made.digits_.data(), trace_id, Trace::trace_id_digits) &&
                   write_id(span_at, span_id, Trace::span_id_digits);
  write_byte(span_at + Trace::span_id_digits, flags);
  return made;
}

Trace trace(std::span<const std::uint8_t, 16> trace_id, std::span<const std::uint8_t, 8> span_id,
            std::uint8_t flags) noexcept {
  std::array<char, Trace::trace_id_digits> trace_digits;
  std::array<char, Trace::span_id_digits> span_digits;
  char* at = trace_digits.data();
  for (const std::uint8_t byte : trace_id) at = write_byte(at, byte);
  at = span_digits.data();
  for (const std::uint8_t byte : span_id) at = write_byte(at, byte);
  return trace({trace_digits.data(), trace_digits.size()}, {span_digits.data(), span_digits.size()},
               flags);
}

Trace traceparent(std::string_view header) noexcept {
  // version - trace id - parent id - flags
  constexpr std::size_t trace_at = 3;
  constexpr std::size_t span_at = trace_at + Trace::trace_id_digits + 1;
  constexpr std::size_t flags_at = span_at + Trace::span_id_digits + 1;
  constexpr std::size_t end = flags_at + Trace::flags_digits;
  if (header.size() < end) return {};
  const bool is_first_version = header.starts_with("00");
  const bool has_dashes =
      header[trace_at - 1] == '-' && header[span_at - 1] == '-' && header[flags_at - 1] == '-';
  const bool ends_well = header.size() == end || (!is_first_version && header[end] == '-');
  const int high = value_of(header[flags_at]);
  const int low = value_of(header[flags_at + 1]);
  const bool has_version =
      value_of(header[0]) >= 0 && value_of(header[1]) >= 0 && !header.starts_with("ff");
  if (!has_dashes || !ends_well || !has_version || high < 0 || low < 0) return {};
  return trace(header.substr(trace_at, Trace::trace_id_digits),
               header.substr(span_at, Trace::span_id_digits),
               static_cast<std::uint8_t>(high << 4 | low));
}

}  // namespace xylem
