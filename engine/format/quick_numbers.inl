// Numbers without a call, included by the kernels that have `Digits16`: sixteen digits in a vector.
// Same rules as for steps.inl.
//
// `Digits16` gives `of(upper, lower)`, each below 10^8; `trailing()`, the number of zeros at the end,
// unless all are; `store(out)`; `store_from(out, n)`: the
// digits behind the first n; `store_with_point(out, n)`: 17 bytes, the point behind n digits.

constexpr std::uint64_t ten_to_16 = 10'000'000'000'000'000;

inline char* write_u64_quickly(char* out, std::uint64_t value) {
  if (value >= ten_to_16) [[unlikely]] return nullptr;
  // Where the next text begins is known long before the digits are: the following steps can start.
  const unsigned count = step_detail::count_digits(value);
  Digits16::of(value / 100'000'000, value % 100'000'000).store_from(out, 16 - count);
  return out + count;
}

inline char* write_i64_quickly(char* out, std::int64_t value) {
  const bool negative = value < 0;
  const auto bits = static_cast<std::uint64_t>(value);
  *out = '-';
  return write_u64_quickly(out + (negative ? 1 : 0), negative ? 0 - bits : bits);
}

/// A positive number that is not whole.
inline char* write_fraction_quickly(char* out, double magnitude) {
  const ExactDecimal decimal = shortest_decimal(magnitude);
  const std::uint64_t first = decimal.digits / ten_to_16;
  const std::uint64_t upper = decimal.digits / 100'000'000;
  const Digits16 rest =
      Digits16::of(upper - first * 100'000'000, decimal.digits - upper * 100'000'000);
  const unsigned trailing = rest.trailing();
  if (decimal.decimals >= 17) {
    std::memcpy(out, "0.00000", 8);
    out += decimal.decimals - 15;
    *out = static_cast<char>('0' + first);
    rest.store(out + 1);
    return out + 17 - trailing;
  }
  // 16 digits begin with a zero, which goes unless it is the only one before the point.
  const unsigned whole_digits = 16 - decimal.decimals;  // of the rest
  *out = static_cast<char>('0' + first);
  out += first != 0 || whole_digits == 0 ? 1 : 0;
  rest.store_with_point(out, whole_digits);
  return out + 17 - trailing;
}

/// As write_plain(), or as write_json_number().
template <bool json>
inline char* write_double_quickly(char* out, double value) {
  const double magnitude = std::fabs(value);
  *out = '-';
  char* const start = out + (std::bit_cast<std::uint64_t>(value) >> 63);
  if (!(magnitude < 0x1p52)) [[unlikely]] return nullptr;
  const auto whole = static_cast<std::int64_t>(magnitude);
  if (static_cast<double>(whole) == magnitude) {
    char* const end = write_u64_quickly(start, static_cast<std::uint64_t>(whole));
    if constexpr (!json) return end;
    end[0] = '.';
    end[1] = '0';
    return end + 2;
  }
  if (!has_exact_decimal(magnitude)) [[unlikely]] return nullptr;
  return write_fraction_quickly(start, magnitude);
}
