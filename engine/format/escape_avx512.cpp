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
#pragma GCC diagnostic ignored "-Wuninitialized"  // false alarms inside immintrin.h (GCC 12)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
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

inline void copy_short(char* out, const char* from) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

#include "format/quick_numbers.inl"

struct Quick {
  using Written = Workspace::Written;

  static constexpr bool keeps_numbers = true;

  static char* write_u64(char* out, std::uint64_t value, Written& kept) {
    return write_quickly(out, value, 0, kept);
  }
  static char* write_i64(char* out, std::int64_t value, Written& kept) {
    const auto bits = static_cast<std::uint64_t>(value);
    const bool negative = value < 0;
    return write_quickly(out, negative ? 0 - bits : bits, static_cast<unsigned>(bits >> 63), kept);
  }
  template <bool json>
  static char* write_double(char* out, double value, Written& kept) {
    return write_double_quickly<json>(out, value, kept);
  }
  /// A number that is kept.
  static char* copy_number(char* out, const Written& kept, std::size_t bytes) {
    copy_short(out, kept.at);
    return out + bytes;
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
