#include "format/escape_parts.hpp"

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

}  // namespace

const EscapeKernel escape_detail::scalar_kernel{"scalar", escape<Vector, true>,
                                                escape<Vector, false>};

}  // namespace xylem::format
