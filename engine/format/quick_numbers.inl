// Numbers without a call and without a branch on what they are, included by the AVX-512 kernel.
// Same rules as for steps.inl.
//
// Each is made in one vector, which goes to the line and to where the argument is kept, should it
// come again: a load of what one store wrote need not wait.

constexpr std::uint64_t ten_to_8 = 100'000'000;
constexpr std::uint64_t ten_to_16 = ten_to_8 * ten_to_8;

/// The eight digits of a number below 10^8, one a lane, in the lowest byte; the others are those of
/// `zero`. Each is v / 10^k as a fraction of 2^52, whose product with ten has the digit in front
/// (with IFMA, which multiplies numbers of 52 bits). The factors are 2^52 / 10^k, rounded up but
/// for the first, which must not be too large by more than a 10^-8th. What that one loses, the
/// constant makes up for; what it and the others gain does not reach the next digit.
inline __m512i spread(std::uint64_t value, __m512i zero) {
  const __m512i factors =
      _mm512_setr_epi64(45035996, 450359963, 4503599628, 45035996274, 450359962738, 4503599627371,
                        45035996273705, 450359962737050);
  const __m512i fractions = _mm512_madd52lo_epu64(
      _mm512_set1_epi64(27'370'496), _mm512_set1_epi64(static_cast<long long>(value)), factors);
  return _mm512_madd52hi_epu64(zero, _mm512_set1_epi64(10), fractions);
}

/// The bytes of two vectors of digits in the order of 32 indices.
inline __m256i arrange(__m512i upper, __m512i lower, const unsigned char* indices) {
  const __m256i order = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(indices));
  return _mm512_castsi512_si256(
      _mm512_permutex2var_epi8(upper, _mm512_castsi256_si512(order), lower));
}

/// Stores a number of so many characters without its sign, keeps it, and returns its end.
/// `sign`: 1 for a negative one.
inline char* finish_number(char* out, __m256i text, unsigned size, unsigned sign,
                           Workspace::Written& kept) {
  *out = '-';
  out += sign;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), text);
  _mm256_store_si256(reinterpret_cast<__m256i*>(kept.text()), text);
  kept.at = kept.text() - sign;
  kept.bytes = size + sign;
  return out + size;
}

/// Where the sixteen digits are. Read from the n-th on, it leaves out the first n.
alignas(64) constexpr unsigned char digit_indices[64] = {0,  8,  16, 24, 32, 40,  48,  56,
                                                         64, 72, 80, 88, 96, 104, 112, 120};

inline char* write_quickly(char* out, std::uint64_t magnitude, unsigned sign,
                           Workspace::Written& kept) {
  if (magnitude >= ten_to_16) [[unlikely]]
    return nullptr;
  // Where the next text begins is known long before the digits are: the following steps can start.
  const unsigned count = step_detail::count_digits(magnitude);
  const std::uint64_t upper = magnitude / ten_to_8;
  const __m512i zero = _mm512_set1_epi64('0');
  const __m256i text = arrange(spread(upper, zero), spread(magnitude - upper * ten_to_8, zero),
                               digit_indices + (16 - count));
  return finish_number(out, text, count, sign, kept);
}

/// How the 17 digits of a double become text. The lanes' other bytes are ".0" and the first digit.
struct DoubleLayouts {
  static constexpr unsigned most_decimals = 20;

  struct Layout {
    unsigned char indices[32];
  };
  /// By the number of decimals; in the second row the first digit is a zero that does not show.
  alignas(64) Layout layouts[most_decimals + 1][2];
  unsigned char points[most_decimals + 1][2];
};

constexpr DoubleLayouts make_double_layouts() {
  constexpr unsigned char point = 1;
  constexpr unsigned char zero = 2;
  constexpr unsigned char first = 3;
  DoubleLayouts all{};
  for (unsigned decimals = 1; decimals <= DoubleLayouts::most_decimals; ++decimals) {
    for (unsigned hidden = 0; hidden < 2; ++hidden) {
      auto& indices = all.layouts[decimals][hidden].indices;
      for (unsigned char& index : indices) index = zero;
      // Digits in front of the point, the first one included; at least one shows.
      const unsigned whole = decimals < 17 ? 17 - decimals : 0;
      unsigned at = whole == 0 ? 1 : 0;
      const unsigned padding = whole == 0 ? decimals - 17 : 0;
      for (unsigned digit = 0; digit < 17; ++digit) {
        if (digit == whole) {
          all.points[decimals][hidden] = static_cast<unsigned char>(at);
          indices[at++] = point;
          at += padding;
        }
        if (digit == 0 && hidden != 0 && whole > 1) continue;
        indices[at++] = digit == 0 ? first : static_cast<unsigned char>(8 * (digit - 1));
      }
    }
  }
  return all;
}

constexpr DoubleLayouts double_layouts = make_double_layouts();

/// As write_plain(), or as write_json_number().
template <bool json>
inline char* write_double_quickly(char* out, double value, Workspace::Written& kept) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = bits & ~std::uint64_t{0} >> 1;
  // Zero goes as 1, whose digits are then taken away: by masks, since compilers make branches of
  // conditions.
  const auto all_if_zero =
      static_cast<std::uint64_t>(static_cast<std::int64_t>(magnitude - 1) >> 63);
  const auto usable =
      std::bit_cast<double>(magnitude | (all_if_zero & std::bit_cast<std::uint64_t>(1.0)));
  if (!has_exact_decimal(usable)) [[unlikely]]
    return nullptr;
  const ExactDecimal decimal = shortest_decimal(usable);
  const std::uint64_t digits = decimal.digits & ~all_if_zero;
  const std::uint64_t first = digits / ten_to_16;
  const std::uint64_t upper = digits / ten_to_8;
  constexpr std::uint64_t others = '.' << 8 | '0' << 16 | '0' << 24;
  const __m512i zero = _mm512_set1_epi64('0');
  const std::uint64_t with_first = ('0' | others) + (first << 24);
  const __m512i zero_and_others = _mm512_set1_epi64(static_cast<std::int64_t>(with_first));
  const unsigned hidden = first == 0 ? 1 : 0;
  const __m256i text = arrange(spread(upper - first * ten_to_8, zero_and_others),
                               spread(digits - upper * ten_to_8, zero),
                               double_layouts.layouts[decimal.decimals][hidden].indices);
  const unsigned point = double_layouts.points[decimal.decimals][hidden];
  // What follows the digits is zeros as well.
  const unsigned last =
      31 -
      static_cast<unsigned>(__builtin_clz(_mm256_cmpneq_epi8_mask(text, _mm256_set1_epi8('0'))));
  const unsigned json_size = std::max(last + 1, point + 2);
  const unsigned plain_size = last + (last != point ? 1 : 0);
  const auto sign = static_cast<unsigned>(bits >> 63);
  kept.json_bytes = json_size + sign;
  return finish_number(out, text, json ? json_size : plain_size, sign, kept);
}
