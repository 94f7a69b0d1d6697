#include "format/escape_parts.hpp"
#include "format/step_parts.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

// The functions below carry their own target, so the file needs no flag of the build, and nothing
// that other files share can be compiled for a machine that they do not ask for.
#if defined(__clang__)
#pragma clang attribute push(                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512ifma,avx512vbmi,avx2,bmi,bmi2"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // a false alarm inside immintrin.h (GCC 12)
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512ifma,avx512vbmi,avx2,bmi,bmi2")
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

inline void copy_64(char* out, const char* from) {
  _mm512_storeu_si512(out, _mm512_loadu_si512(from));
}

/// Sixteen digits at once: v / 10^k as a fraction of 2^52 for each place k, whose product with ten
/// has the digit in front (with IFMA, which multiplies numbers of 52 bits).
struct Digits16 {
  __m128i text;

  static Digits16 of(std::uint64_t upper, std::uint64_t lower) {
    const __m512i high = spread(upper);
    const __m512i low = spread(lower);
    const __m512i lowest_bytes = _mm512_castsi128_si512(
        _mm_setr_epi8(0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120));
    return {_mm512_castsi512_si128(_mm512_permutex2var_epi8(high, lowest_bytes, low))};
  }
  [[nodiscard]] unsigned trailing() const {
    return static_cast<unsigned>(__builtin_clz(not_zero() << 16 | 0x8000U));
  }
  void store(char* out) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), text); }
  void store_from(char* out, unsigned n) const {
    const __m128i shift = _mm_loadu_si128(reinterpret_cast<const __m128i*>(byte_indices + n));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(text, shift));
  }
  void store_with_point(char* out, unsigned n) const {
    store(out + 1);
    _mm_mask_storeu_epi8(out, static_cast<__mmask16>((1U << n) - 1), text);
    out[n] = '.';
  }

 private:
  /// The eight digits of a number below 10^8, one a lane. The factors are 2^52 / 10^k, rounded up
  /// but for the first, which must not be too large by more than a 10^-8th. What that one loses,
  /// the constant makes up for; what it and the others gain does not reach the next digit.
  static __m512i spread(std::uint64_t value) {
    const __m512i factors =
        _mm512_setr_epi64(45035996, 450359963, 4503599628, 45035996274, 450359962738, 4503599627371,
                          45035996273705, 450359962737050);
    const __m512i fractions = _mm512_madd52lo_epu64(
        _mm512_set1_epi64(27'370'496), _mm512_set1_epi64(static_cast<long long>(value)), factors);
    return _mm512_madd52hi_epu64(_mm512_set1_epi64('0'), _mm512_set1_epi64(10), fractions);
  }
  [[nodiscard]] unsigned not_zero() const { return _mm_cmpneq_epi8_mask(text, _mm_set1_epi8('0')); }
  static constexpr unsigned char byte_indices[32] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                     8, 9, 10, 11, 12, 13, 14, 15};
};

#include "format/quick_numbers.inl"

struct Quick {
  static char* write_u64(char* out, std::uint64_t value) { return write_u64_quickly(out, value); }
  static char* write_i64(char* out, std::int64_t value) { return write_i64_quickly(out, value); }
  template <bool json>
  static char* write_double(char* out, double value) {
    return write_double_quickly<json>(out, value);
  }
  /// Up to 64 bytes that need no escape.
  template <TextStyle style>
  static char* write_text(char* out, std::string_view text) {
    if (text.size() > 64) return nullptr;
    const __mmask64 mask = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(text.size()));
    const __m512i bytes = _mm512_maskz_loadu_epi8(mask, text.data());
    _mm512_storeu_si512(out, bytes);
    if constexpr (style != TextStyle::raw) {
      __mmask64 special = _mm512_mask_cmplt_epi8_mask(mask, bytes, _mm512_set1_epi8(0x20)) |
                          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) |
                          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
      if (style == TextStyle::ascii)
        special |= _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x7f));
      if (special != 0) return nullptr;
    }
    return out + text.size();
  }
};

#include "format/steps.inl"

}  // namespace

const EscapeKernel escape_detail::avx512_kernel{
    "avx512",
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
