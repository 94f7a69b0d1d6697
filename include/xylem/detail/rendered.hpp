#pragma once

#include <string>
#include <string_view>

#include <fmt/core.h>

namespace xylem::detail {

/// The text of an argument whose type only the calling program can format.
struct Rendered {
  std::string text;
};

/// Formats `args` (one argument) with the specification that the replacement field number `index`
/// of `format` carries. What a formatter throws becomes part of the text: a log call never throws
/// for what it logs.
std::string render_with_spec(std::string_view format, std::size_t index, fmt::format_args args);

template <typename T>
Rendered render(std::string_view format, std::size_t index, const T& value) {
  static_assert(fmt::is_formattable<T>::value,
                "xylem: this type cannot be logged; describe a struct by XYLEM_DESCRIBE, give it a "
                "fmt::formatter, or pass a pointer as const void*");
  return Rendered{render_with_spec(format, index, fmt::make_format_args(value))};
}

}  // namespace xylem::detail
