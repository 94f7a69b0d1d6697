#include "format/escape_parts.hpp"
#include "format/step_parts.hpp"

namespace xylem::format {

namespace {

/// A vector of one byte: the plain loop for machines without a kernel of their own.
struct Vector {
  static constexpr int width = 1;
  unsigned char byte;

  static Vector load(const char* p) { return {static_cast<unsigned char>(*p)}; }
  void store(char* out) const { *out = static_cast<char>(byte); }

  template <bool ascii>
  [[nodiscard]] unsigned special() const {
    return byte < 0x20 || byte > (ascii ? 0x7e : 0x7f) || byte == '"' || byte == '\\' ? 1 : 0;
  }
};

#include "format/escape_loop.inl"

inline void copy_64(char* out, const char* from) {
  copy_blocks<4>(out, from);
}

inline void copy_short(char* out, const char* from) {
  copy_32(out, from);
}

using Quick = step_detail::QuickIntegers;

#include "format/steps.inl"

}  // namespace

const EscapeKernel escape_detail::scalar_kernel{
    "scalar",
    escape<Vector, true>,
    escape<Vector, false>,
    {steps<TextStyle::raw>, steps<TextStyle::ascii>, steps<TextStyle::utf8>}};

}  // namespace xylem::format
