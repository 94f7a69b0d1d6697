#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

#include <xylem/detail/argument.hpp>
#include <xylem/detail/checked.hpp>
#include <xylem/detail/key.hpp>

/// Format strings, checked against their arguments while the program compiles.
namespace xylem::detail {

template <typename... T>
struct Types {};

/// The arguments that a `{}` can take: all but fields.
template <typename Taken, typename... T>
struct Positional {
  using type = Taken;
};
template <typename... Taken, typename Head, typename... Tail>
struct Positional<Types<Taken...>, Head, Tail...>
    : Positional<std::conditional_t<is_positional<Head>, Types<Taken..., Head>, Types<Taken...>>,
                 Tail...> {};

/// libfmt's own checker (of libfmt 9; its consteval constructors are beyond clang 14 in here), save
/// that a name is a field's. The key of a field is no part of any type, so which names there are
/// is not known here: the consumer writes a name without a field as it stands.
template <typename... P>
class FormatChecker
    : public fmt::detail::format_string_checker<char, fmt::detail::error_handler, P...> {
  using Base = fmt::detail::format_string_checker<char, fmt::detail::error_handler, P...>;
  static constexpr int named = -1;

 public:
  constexpr FormatChecker(fmt::string_view format, bool has_fields)
      : Base{format, {}}, has_fields_{has_fields} {}

  using Base::on_arg_id;
  constexpr int on_arg_id(fmt::string_view) {
    if (!has_fields_) this->on_error("a name in a format string needs a field of that name");
    return named;
  }

  constexpr const char* on_format_specs(int id, const char* begin, const char* end) {
    if (id != named) return Base::on_format_specs(id, begin, end);
    while (begin != end && *begin != '}') ++begin;
    return begin;
  }

 private:
  bool has_fields_;
};

template <typename... P>
constexpr void check_positional(std::string_view format, bool has_fields, Types<P...>) {
  const fmt::string_view text{format.data(), format.size()};
  fmt::detail::parse_format_string<true>(text, FormatChecker<Checked<P>...>{text, has_fields});
}

template <typename... Args>
constexpr void check_format(std::string_view format) {
  if (sizeof...(Args) == 0 && format.find_first_of("{}") == std::string_view::npos) return;
  check_positional(format, (is_field<Args> || ...), typename Positional<Types<>, Args...>::type{});
}

/// Checks the format string of a macro's call; the call site itself keeps the text.
template <typename... Args>
struct Format {
  template <std::size_t N>
  consteval Format(const char (&literal)[N]) {  // NOLINT(google-explicit-constructor)
    check_format<Args...>({literal, N - 1});
  }
};

/// The checked format string of a call without a macro: knows where it stands. The compiler's
/// builtins say what std::source_location would, which libstdc++ 12 does not offer to clang 14, and
/// give the function's bare name.
template <typename... Args>
struct LocatedFormat {
  const char* text;
  const char* file;
  const char* function;
  std::uint32_t size;
  std::uint32_t line;
  std::uint64_t hash;  // of text and place

  template <std::size_t N>
  consteval LocatedFormat(  // NOLINT(google-explicit-constructor)
      const char (&literal)[N], const char* of_file = __builtin_FILE(),
      const char* of_function = __builtin_FUNCTION(), std::uint32_t of_line = __builtin_LINE())
      : text{literal},
        file{of_file},
        function{of_function},
        size{N - 1},
        line{of_line},
        hash{
            mix(hash_text({literal, N - 1}, hash_text(of_function, hash_text(of_file))), of_line)} {
    check_format<Args...>({literal, N - 1});
  }
};

}  // namespace xylem::detail
