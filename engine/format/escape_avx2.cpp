#include "format/escape_parts.hpp"
#include "format/step_parts.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

// The functions below carry their own target, so the file needs no flag of the build, and nothing
// that other files share can be compiled for a machine that they do not ask for.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#endif

namespace xylem::format {

namespace {

/// Shuffle controls: loaded from offset k, they move a vector's bytes down by k places.
constexpr unsigned char shift_indices[32] = {
    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

struct Vector {
  static constexpr int width = 32;
  __m256i bytes;

  static Vector load(const char* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  static Vector load_partial(const char* p, unsigned n) {
    if (n < 16) {
      const escape_detail::Bytes16 part = escape_detail::load_partial_16(p, n);
      return {_mm256_set_epi64x(0, 0, static_cast<long long>(part.high),
                                static_cast<long long>(part.low))};
    }
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i last = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + n - 16));
    const __m128i shift =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(shift_indices + (32 - n)));
    return {_mm256_set_m128i(_mm_shuffle_epi8(last, shift), first)};
  }
  void store(char* out) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes); }

  template <bool ascii>
  [[nodiscard]] unsigned special() const {
    // Signed, so that one comparison finds both control characters and the bytes above 0x7f.
    __m256i found = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
    found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')));
    found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    if (ascii) found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x7f)));
    return static_cast<unsigned>(_mm256_movemask_epi8(found));
  }
};

#include "format/escape_loop.inl"

inline void copy_64(char* out, const char* from) {
  const Vector low = Vector::load(from);
  const Vector high = Vector::load(from + 32);
  low.store(out);
  high.store(out + 32);
}

inline void copy_short(char* out, const char* from) {
  Vector::load(from).store(out);
}

using Quick = step_detail::QuickIntegers;

#include "format/steps.inl"

}  // namespace

const EscapeKernel escape_detail::avx2_kernel{
    "avx2",
    escape<Vector, true>,
    escape<Vector, false>,
    {steps<TextStyle::raw>, steps<TextStyle::ascii>, steps<TextStyle::utf8>}};

}  // namespace xylem::format

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
