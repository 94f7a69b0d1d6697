#include "format/escape_parts.hpp"
#include "format/step_parts.hpp"

#if defined(__x86_64__)

#include <emmintrin.h>

namespace xylem::format {

namespace {

struct Vector {
  static constexpr int width = 16;
  __m128i bytes;

  static Vector load(const char* p) {
    return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))};
  }
  static Vector load_partial(const char* p, unsigned n) {
    const escape_detail::Bytes16 part = escape_detail::load_partial_16(p, n);
    return {_mm_set_epi64x(static_cast<long long>(part.high), static_cast<long long>(part.low))};
  }
  void store(char* out) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes); }

  template <bool ascii>
  [[nodiscard]] unsigned special() const {
    // Signed, so that one comparison finds both control characters and the bytes above 0x7f.
    __m128i found = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    if (ascii) found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    return static_cast<unsigned>(_mm_movemask_epi8(found));
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

const EscapeKernel escape_detail::sse2_kernel{
    "sse2",
    escape<Vector, true>,
    escape<Vector, false>,
    {steps<TextStyle::raw>, steps<TextStyle::ascii>, steps<TextStyle::utf8>}};

}  // namespace xylem::format

#endif
