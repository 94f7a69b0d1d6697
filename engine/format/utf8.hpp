#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xylem::format {

/// What stands at one place of a byte string that claims to be UTF-8.
struct Utf8Unit {
  std::uint32_t code_point;  ///< U+FFFD when not valid.
  unsigned length;           ///< Bytes to step over, at least 1.
  bool valid;
};

/// Decodes the unit at `p`, reading nothing at or beyond `end` (requires p < end).
///
/// An invalid unit is a maximal subpart (The Unicode Standard, 3.9, table 3-7 and "U+FFFD
/// Substitution of Maximal Subparts"), so that replacing each by one U+FFFD gives what Python's
/// `bytes.decode("utf-8", "replace")` gives. Overlong forms, encoded surrogates and values above
/// U+10FFFF are invalid from their first wrong byte on.
inline Utf8Unit decode_utf8(const char* p, const char* end) {
  constexpr std::uint32_t replacement = 0xfffd;
  const auto byte = [p](unsigned i) { return static_cast<unsigned char>(p[i]); };
  const auto left = static_cast<std::size_t>(end - p);
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xc2 || lead > 0xf4) return {replacement, 1, false};

  const unsigned length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // Only the second byte's range depends on the lead; it is what excludes the forms named above.
  const unsigned second_low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned second_high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (left < 2 || byte(1) < second_low || byte(1) > second_high) return {replacement, 1, false};
  std::uint32_t code_point = (lead & (0x7fU >> length)) << 6 | (byte(1) & 0x3fU);
  for (unsigned i = 2; i < length; ++i) {
    if (left <= i || (byte(i) & 0xc0U) != 0x80) return {replacement, i, false};
    code_point = code_point << 6 | (byte(i) & 0x3fU);
  }
  return {code_point, length, true};
}

/// Appends `code_point` (below 0x110000) to `out` as UTF-8, at most 4 bytes, and returns the end.
/// A surrogate is written in the three bytes its number asks for, which is not valid UTF-8.
inline char* encode_utf8(char* out, std::uint32_t code_point) {
  const auto continuation = [code_point](unsigned shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    *out++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *out++ = static_cast<char>(0xc0 | code_point >> 6);
    *out++ = continuation(0);
  } else if (code_point < 0x10000) {
    *out++ = static_cast<char>(0xe0 | code_point >> 12);
    *out++ = continuation(6);
    *out++ = continuation(0);
  } else {
    *out++ = static_cast<char>(0xf0 | code_point >> 18);
    *out++ = continuation(12);
    *out++ = continuation(6);
    *out++ = continuation(0);
  }
  return out;
}

/// The number of bytes that are not continuation bytes: the code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// The text up to its code point number `count`; each byte that is not valid counts as
/// decode_utf8() steps over it.
std::string_view first_code_points(std::string_view text, std::size_t count);

/// Whether the whole of `text` is well-formed UTF-8.
bool is_valid_utf8(std::string_view text);

}  // namespace xylem::format
