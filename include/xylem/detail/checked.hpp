#pragma once

#include <string_view>
#include <type_traits>

#include <fmt/core.h>

#include <xylem/detail/shape.hpp>
#include <xylem/detail/structure.hpp>

/// The specifications that arguments of all shapes take, as types that libfmt's checker knows. What
/// is accepted here is what the consumer can do (engine/format/tree_text.hpp):
///
///     {:>8}        what is one text or number takes what that takes
///     {:n:.2f}     a list or set: "n" for no brackets, behind a second colon what its elements
///     take
///     {:.2f}       an optional takes what its value takes
///     {:%F %T}     a time or a duration: fill, width, and strftime's conversions
///     {}           all others
namespace xylem::detail {

struct CheckedTree {};
template <typename Element>
struct CheckedRange {};
template <bool is_time>
struct CheckedTime {};

template <typename T>
consteval auto checked() {
  constexpr Shape shape = shape_of<T>;
  if constexpr (shape == Shape::plain || shape == Shape::rendered || shape == Shape::int128 ||
                shape == Shape::float_long) {
    return std::type_identity<T>{};
  } else if constexpr (shape == Shape::number) {
    using Number = decltype(stored(std::underlying_type_t<T>{}));
    return std::type_identity<Number>{};
  } else if constexpr (shape == Shape::thread_id) {
    return std::type_identity<unsigned long long>{};
  } else if constexpr (shape == Shape::address) {
    return std::type_identity<const void*>{};
  } else if constexpr (is_stored(shape) || is_converted(shape) || shape == Shape::name ||
                       shape == Shape::bits || shape == Shape::error || shape == Shape::place) {
    return std::type_identity<fmt::string_view>{};
  } else if constexpr (shape == Shape::duration || shape == Shape::time) {
    return std::type_identity<CheckedTime<shape == Shape::time>>{};
  } else if constexpr (shape == Shape::list || shape == Shape::set) {
    return std::type_identity<CheckedRange<ElementOf<T>>>{};
  } else if constexpr (shape == Shape::optional) {
    return checked<typename T::value_type>();
  } else {
    return std::type_identity<CheckedTree>{};
  }
}

/// The type in whose stead libfmt checks a specification.
template <typename T>
using Checked = typename decltype(checked<T>())::type;

/// Elements that the call has rendered already take no specification any more.
template <typename T>
using CheckedElement = std::conditional_t<is_rendered<T>, CheckedTree, Checked<T>>;

/// Up to the end of the replacement field, or of the specification in it.
constexpr bool is_at_end(const char* at, const char* end) {
  return at == end || *at == '}';
}

}  // namespace xylem::detail

template <>
struct fmt::formatter<xylem::detail::CheckedTree> {
  constexpr auto parse(fmt::format_parse_context& context) -> const char* {
    if (!xylem::detail::is_at_end(context.begin(), context.end())) {
      context.on_error("this type takes no format specification");
    }
    return context.begin();
  }
  auto format(xylem::detail::CheckedTree, fmt::format_context& context) const
      -> fmt::format_context::iterator;
};

template <typename Element>
struct fmt::formatter<xylem::detail::CheckedRange<Element>> {
  constexpr auto parse(fmt::format_parse_context& context) -> const char* {
    const char* at = context.begin();
    const char* const end = context.end();
    if (!xylem::detail::is_at_end(at, end) && *at == 'n') ++at;
    if (xylem::detail::is_at_end(at, end)) return at;
    if (*at != ':') context.on_error("a range takes \"n\" and \":\" with what its elements take");
    ++at;
    for (const char* c = at; !xylem::detail::is_at_end(c, end); ++c) {
      if (*c == '{') context.on_error("the elements of a range take no nested field");
    }
    context.advance_to(at);
    return fmt::formatter<Mapped>{}.parse(context);
  }
  auto format(xylem::detail::CheckedRange<Element>, fmt::format_context& context) const
      -> fmt::format_context::iterator;

 private:
  using Mapped = xylem::detail::CheckedElement<Element>;
};

template <bool is_time>
struct fmt::formatter<xylem::detail::CheckedTime<is_time>> {
  constexpr auto parse(fmt::format_parse_context& context) -> const char* {
    const char* at = context.begin();
    const char* const end = context.end();
    if (end - at > 1 && is_align(at[1])) {
      at += 2;
    } else if (at != end && is_align(*at)) {
      ++at;
    }
    while (at != end && *at >= '0' && *at <= '9') ++at;
    const std::string_view conversions =
        is_time ? "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%" : "HIMnprRStT%";
    if (!xylem::detail::is_at_end(at, end) && *at != '%') {
      context.on_error("a time takes fill, alignment, width and strftime's conversions");
    }
    for (; !xylem::detail::is_at_end(at, end); ++at) {
      if (*at == '{') context.on_error("a time takes no nested field");
      if (*at != '%') continue;
      ++at;
      if (at == end || conversions.find(*at) == std::string_view::npos) {
        context.on_error("a conversion that this type does not have");
      }
    }
    return at;
  }
  auto format(xylem::detail::CheckedTime<is_time>, fmt::format_context& context) const
      -> fmt::format_context::iterator;

 private:
  static constexpr bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }
};
