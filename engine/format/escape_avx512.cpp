#include "format/escape_parts.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

// The functions below carry their own target, so the file needs no flag of the build, and nothing
// that other files share can be compiled for a machine that they do not ask for.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl")
#endif

namespace xylem::format {

namespace {

/// 32 bytes, not 64: most strings of a log are shorter, and the wider registers slow some clocks
/// down. What AVX-512 brings is the masked load, which makes any tail one step.
struct Vector {
  static constexpr int width = 32;
  __m256i bytes;

  static Vector load(const char* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  static Vector load_partial(const char* p, unsigned n) {
    return {_mm256_maskz_loadu_epi8((1U << n) - 1, p)};
  }
  void store(char* out) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes); }

  template <bool ascii>
  [[nodiscard]] unsigned special() const {
    // Signed, so that one comparison finds both control characters and the bytes above 0x7f.
    __mmask32 found = _mm256_cmplt_epi8_mask(bytes, _mm256_set1_epi8(0x20)) |
                      _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('"')) |
                      _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('\\'));
    if (ascii) found |= _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8(0x7f));
    return found;
  }
};

#include "format/escape_loop.inl"

}  // namespace

const EscapeKernel escape_detail::avx512_kernel{"avx512", escape<Vector, true>,
                                                escape<Vector, false>};

}  // namespace xylem::format

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
