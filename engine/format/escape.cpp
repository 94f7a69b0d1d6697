#include "format/escape.hpp"

#include <algorithm>
#include <array>

#include "format/escape_parts.hpp"

namespace xylem::format {

namespace escape_detail {

Progress escape_run_ascii(char* out, const char* in, const char* end) {
  while (in != end && static_cast<unsigned char>(*in) >= 0x80) {
    const Utf8Unit unit = decode_utf8(in, end);
    in += unit.length;
    if (unit.code_point < 0x10000) {
      out = write_u_escape(out, unit.code_point);
    } else {
      const std::uint32_t offset = unit.code_point - 0x10000;
      out = write_u_escape(out, 0xd800 | offset >> 10);
      out = write_u_escape(out, 0xdc00 | (offset & 0x3ff));
    }
  }
  return {in, out};
}

Progress escape_run_utf8(char* out, const char* in, const char* end) {
  while (in != end && static_cast<unsigned char>(*in) >= 0x80) {
    const Utf8Unit unit = decode_utf8(in, end);
    if (unit.valid) {
      out = std::copy_n(in, unit.length, out);
    } else {
      out = encode_utf8(out, unit.code_point);
    }
    in += unit.length;
  }
  return {in, out};
}

}  // namespace escape_detail

namespace {

struct Supported {
  std::array<const EscapeKernel*, 4> kernels{};
  std::size_t count = 0;

  Supported() {
    add(escape_detail::scalar_kernel);
#if defined(__x86_64__)
    // Needed because a static constructor may log before the runtime has looked at the machine.
    __builtin_cpu_init();
    add(escape_detail::sse2_kernel);
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                          __builtin_cpu_supports("bmi2");
    if (has_avx2) add(escape_detail::avx2_kernel);
    // The last two came later than the others: processors without them do as well with AVX2.
    if (has_avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi")) {
      add(escape_detail::avx512_kernel);
    }
#endif
  }

  void add(const EscapeKernel& kernel) {
    kernels[count++] = &kernel;
  }
};

const Supported& supported() {
  static const Supported instance;
  return instance;
}

}  // namespace

std::span<const EscapeKernel* const> supported_escape_kernels() {
  return {supported().kernels.data(), supported().count};
}

const EscapeKernel& escape_kernel() {
  return *supported_escape_kernels().back();
}

}  // namespace xylem::format
