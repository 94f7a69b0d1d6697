#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "format/step.hpp"

/// JSON string bodies (no quotes added), at the speed of a copy.
///
/// Both styles replace each maximal invalid subpart of UTF-8 by one U+FFFD, so the result is always
/// valid JSON in valid UTF-8, whatever the bytes were. All functions are thread-safe, read nothing
/// outside `text` and may store up to 64 bytes beyond the end they return.
namespace xylem::format {

/// The most bytes that escaping `n` bytes makes, in either style ("\u0001" is six for one).
constexpr std::size_t max_escaped_bytes(std::size_t n) {
  return n * 6;
}

/// One compilation of the escaping loop for an instruction set.
struct EscapeKernel {
  using Function = char* (*)(char* out, std::string_view text);

  const char* name;
  Function ascii;
  Function utf8;
  std::array<Steps, style_count> steps;  ///< Of lines, by TextStyle.
};

/// The best kernel of this machine, chosen on the first call. A renderer of many strings keeps the
/// reference.
const EscapeKernel& escape_kernel();

/// Every kernel this machine can run, the plainest first, the best last.
std::span<const EscapeKernel* const> supported_escape_kernels();

/// As Python's `json.dumps(ensure_ascii=True)`: `\" \\ \n \r \t \f \b`; any other character outside
/// 0x20..0x7e as \uXXXX in lower case, a surrogate pair above the BMP. Returns the end.
inline char* escape_ascii(char* out, std::string_view text) {
  return escape_kernel().ascii(out, text);
}

/// As Python's `json.dumps(ensure_ascii=False)`: only `"`, `\` and what is below 0x20 are escaped.
/// Returns the end.
inline char* escape_utf8(char* out, std::string_view text) {
  return escape_kernel().utf8(out, text);
}

}  // namespace xylem::format
