#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

/// How an argument is stored in a record. `stored(x)` turns an argument into one of a dozen types,
/// each with a Kind; everything after that, on both sides of the ring, knows only these.
namespace xylem::detail {

enum class Kind : std::uint8_t {
  int64,       // 8 bytes
  uint64,      // 8 bytes
  int32,       // 4 bytes: of the integers that are no wider, which are most
  uint32,      // 4 bytes
  float64,     // 8 bytes
  float32,     // 4 bytes: kept apart from float64 because 0.1f prints as 0.1
  boolean,     // 1 byte
  character,   // 1 byte
  null,        // 0 bytes
  pointer,     // 8 bytes: the address, as a number
  string,      // 4 bytes of length; the bytes follow the fixed part
  rendered,    // as string: a type of the program's own, formatted by the call
  json,        // as string: one valid JSON value
  exception,   // as string: the text of a caught exception, outside the message
  structured,  // as string: the bytes of a tree (tree.hpp)
  members,     // as string: fields that were encoded beforehand (members.hpp); the last argument
  stack,       // as string: the calls that led to a place, outside the message
};
inline constexpr Kind last_kind = Kind::stack;

/// The bytes that an argument of this kind takes in the fixed part of the payload.
constexpr std::uint32_t fixed_bytes(Kind kind) {
  switch (kind) {
    case Kind::int64:
    case Kind::uint64:
    case Kind::float64:
    case Kind::pointer:
      return 8;
    case Kind::int32:
    case Kind::uint32:
    case Kind::float32:
    case Kind::string:
    case Kind::rendered:
    case Kind::json:
    case Kind::exception:
    case Kind::structured:
    case Kind::members:
    case Kind::stack:
      return 4;
    case Kind::boolean:
    case Kind::character:
      return 1;
    case Kind::null:
      return 0;
  }
  return 0;
}

/// Kinds whose bytes follow the fixed part.
constexpr bool has_tail(Kind kind) {
  return kind >= Kind::string;
}

/// What ISO C++ does not have, without a complaint of -Wpedantic.
__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

/// Not empty, for the sake of compilers that warn of empty objects as uninitialised ones.
struct Null {
  std::nullptr_t value = nullptr;
};
struct Pointer {
  std::uint64_t address;
};

/// A view of text that is stored under kind K.
template <Kind K>
struct Text {
  std::string_view text;
};

template <typename S>
inline constexpr Kind kind_of = Kind::null;
template <>
inline constexpr Kind kind_of<std::int64_t> = Kind::int64;
template <>
inline constexpr Kind kind_of<std::uint64_t> = Kind::uint64;
template <>
inline constexpr Kind kind_of<std::int32_t> = Kind::int32;
template <>
inline constexpr Kind kind_of<std::uint32_t> = Kind::uint32;
template <>
inline constexpr Kind kind_of<double> = Kind::float64;
template <>
inline constexpr Kind kind_of<float> = Kind::float32;
template <>
inline constexpr Kind kind_of<bool> = Kind::boolean;
template <>
inline constexpr Kind kind_of<char> = Kind::character;
template <>
inline constexpr Kind kind_of<Pointer> = Kind::pointer;
template <Kind K>
inline constexpr Kind kind_of<Text<K>> = K;

using String = Text<Kind::string>;

template <typename T>
inline constexpr bool is_text = std::is_convertible_v<const T&, std::string_view>;

/// Integers that fit 64 bits; wchar_t and the charN_t types are text in other encodings, not
/// numbers.
template <typename T>
inline constexpr bool is_integer = std::is_integral_v<T> && sizeof(T) <= 8 &&
                                   !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> &&
                                   !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

constexpr std::string_view text_of(const char* text) {
  // libfmt throws for a null pointer; a log call must not.
  return text != nullptr ? std::string_view{text} : std::string_view{"(null)"};
}

/// The form in which an argument of Shape::plain is copied into the record.
template <typename T>
constexpr auto stored(const T& value) noexcept {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, char> || std::is_same_v<T, float> ||
                std::is_same_v<T, double>) {
    return value;
  } else if constexpr (is_integer<T>) {
    constexpr bool is_narrow = sizeof(T) <= sizeof(std::int32_t);
    if constexpr (std::is_signed_v<T>) {
      return static_cast<std::conditional_t<is_narrow, std::int32_t, std::int64_t>>(value);
    } else {
      return static_cast<std::conditional_t<is_narrow, std::uint32_t, std::uint64_t>>(value);
    }
  } else if constexpr (std::is_null_pointer_v<T>) {
    return Null{};
  } else if constexpr (std::is_convertible_v<const T&, const char*>) {
    return String{text_of(value)};
  } else if constexpr (is_text<T>) {
    return String{std::string_view{value}};
  } else {
    return Pointer{reinterpret_cast<std::uintptr_t>(value)};
  }
}

}  // namespace xylem::detail
