#pragma once

#include <xylem/detail/kind.hpp>
#include <xylem/detail/rendered.hpp>
#include <xylem/detail/structure.hpp>
#include <xylem/field.hpp>
#include <xylem/stack.hpp>

/// What an argument of a log call is to the record: a value of the message, a field, the text of
/// an exception, or a stack.
namespace xylem::detail {

/// What exception() gives, and what travels as a hidden argument of XYLEM_EXCEPTION and
/// Logger::exception. Empty: there is none.
struct ExceptionText {
  std::string text;
};

/// Travels as a hidden argument, the last one, of a call by a BoundLogger.
struct BoundMembers {
  std::string_view text;
};

template <typename T>
inline constexpr bool is_field = false;
template <typename S>
inline constexpr bool is_field<Field<S>> = true;

/// Takes a `{}` of the format string.
template <typename T>
inline constexpr bool is_positional = !is_field<T> && !std::is_same_v<T, ExceptionText> &&
                                      !std::is_same_v<T, Stack> && !std::is_same_v<T, BoundMembers>;

/// The argument ready to be copied. `index` counts the positional arguments before it.
template <typename T>
constexpr decltype(auto) prepare(std::string_view format, std::size_t index, const T& argument) {
  if constexpr (is_positional<T> && is_rendered<T>) {
    return render(format, index, argument);
  } else if constexpr (is_positional<T> && shape_of<T> == Shape::plain) {
    return stored(argument);
  } else if constexpr (is_positional<T> && is_stored(shape_of<T>)) {
    return store(argument);
  } else if constexpr (is_positional<T>) {
    return own(argument);
  } else {
    return (argument);
  }
}

/// The plain stored value of a prepared argument.
template <typename T>
constexpr const T& plain(const T& value) noexcept {
  return value;
}
template <typename S>
constexpr decltype(auto) plain(const Field<S>& field) noexcept {
  return plain(field.value);
}
inline Text<Kind::rendered> plain(const Rendered& value) noexcept {
  return {value.text};
}
template <Kind K>
Text<K> plain(const Owned<K>& value) noexcept {
  return {value.bytes.view()};
}
inline Text<Kind::exception> plain(const ExceptionText& value) noexcept {
  return {value.text};
}
inline Text<Kind::members> plain(const BoundMembers& value) noexcept {
  return {value.text};
}
inline Text<Kind::stack> plain(const Stack& value) noexcept {
  return {value.packed()};
}

/// The kind that a prepared argument is stored as.
template <typename T>
inline constexpr Kind kind_of_prepared = kind_of<T>;
template <typename S>
inline constexpr Kind kind_of_prepared<Field<S>> = kind_of_prepared<S>;
template <>
inline constexpr Kind kind_of_prepared<Rendered> = Kind::rendered;
template <Kind K>
inline constexpr Kind kind_of_prepared<Owned<K>> = K;
template <>
inline constexpr Kind kind_of_prepared<ExceptionText> = Kind::exception;
template <>
inline constexpr Kind kind_of_prepared<BoundMembers> = Kind::members;
template <>
inline constexpr Kind kind_of_prepared<Stack> = Kind::stack;

}  // namespace xylem::detail
