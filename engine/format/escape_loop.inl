// The escaping loop, included once by each kernel's source file, inside the region that is compiled
// for its instruction set and inside an unnamed namespace; it must therefore include nothing itself.
//
// The technique (copy a vector unconditionally, then look at the mask of bytes that should not have
// been copied) is that of sonic-cpp's quote.h and orjson.
//
// `Vector` gives: `width`; `load(p)`; `load_partial(p, n)` for 0 < n < width, reading n bytes and
// filling up with zeros; `store(out)`; `special<ascii>()`: a mask, lowest bit for the first byte, of
// those below 0x20, above 0x7f, `"`, `\` and, in the ASCII style, 0x7f.

template <bool ascii>
inline const char* escape_special(char*& out, const char* in, const char* end) {
  const auto byte = static_cast<unsigned char>(*in);
  if (byte < 0x80) {
    const auto& sequence = escape_detail::sequences[byte];
    __builtin_memcpy(out, &sequence, sizeof sequence);
    out += reinterpret_cast<const char*>(&sequence)[7];
    return in + 1;
  }
  const escape_detail::Progress run = ascii ? escape_detail::escape_run_ascii(out, in, end)
                                            : escape_detail::escape_run_utf8(out, in, end);
  out = run.out;
  return run.in;
}

template <class Vector, bool ascii>
char* escape(char* out, std::string_view text) {
  const char* in = text.data();
  const char* const end = in + text.size();
  while (end - in >= Vector::width) {
    const Vector block = Vector::load(in);
    block.store(out);
    const auto special = block.template special<ascii>();
    if (special == 0) {
      in += Vector::width;
      out += Vector::width;
      continue;
    }
    const int clean = __builtin_ctzll(special);
    out += clean;
    in = escape_special<ascii>(out, in + clean, end);
  }
  if constexpr (Vector::width > 1) {
    while (in != end) {
      const auto left = static_cast<unsigned>(end - in);
      const Vector block = Vector::load_partial(in, left);
      block.store(out);
      // A zero is special, so the first byte beyond the end stops the count if nothing before it does.
      const int clean = __builtin_ctzll(block.template special<ascii>());
      out += clean;
      in += clean;
      if (in != end) in = escape_special<ascii>(out, in, end);
    }
  }
  return out;
}
