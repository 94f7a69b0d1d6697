#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/core.h>

#include <xylem/describe.hpp>
#include <xylem/detail/kind.hpp>

/// What a type is to a log call. Types of the standard library are recognised by what they can do,
/// so that none of their headers is needed here.
namespace xylem::detail {

enum class Shape {
  plain,      // one of the kinds of stored()
  character,  // of another encoding than char
  u8text,     // UTF-8 in char8_t
  text,       // in another encoding, to be converted
  path,
  number,  // an enum without names
  name,    // an enum with names
  int128,
  float_long,
  address,  // smart pointers and functions
  thread_id,
  object,  // described
  duration,
  time,
  optional,
  variant,
  monostate,
  error,
  place,
  bits,
  list,
  set,
  map,
  multimap,
  tuple,
  rendered,  // by its fmt::formatter, if it has one
};

template <typename T>
inline constexpr bool is_code_unit = std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
                                     std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

/// The name of the type, as the compiler writes it.
template <typename T>
consteval std::string_view type_name() {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  return name.substr(0, name.find_first_of(";]"));
}

struct NoVisitor {
  bool open(std::string_view);
  template <typename T>
  void member(std::string_view, const T&);
  void close();
};

template <typename T>
concept HasMembers = requires(const T& value, NoVisitor& visitor) {
  xylem_describe(Described<T>{}, value, visitor);
};
template <typename T>
concept HasEnumerators = requires(T value) {
  xylem_enumerator(Described<T>{}, value);
};

template <typename T>
concept PathLike = requires(const T& value) {
  { value.native() } -> std::convertible_to<std::string_view>;
  T::preferred_separator;
};
template <typename T>
concept SmartPointer = requires(const T& value) {
  typename T::element_type;
  { value.get() } -> std::convertible_to<const volatile void*>;
  static_cast<bool>(value);
};
template <typename T>
concept DurationLike = requires(const T& value) {
  requires std::is_arithmetic_v<typename T::rep>;
  { T::period::num + T::period::den } -> std::integral;
  { value.count() } -> std::same_as<typename T::rep>;
};
template <typename T>
concept TimeLike = requires(const T& value) {
  typename T::clock;
  requires DurationLike<typename T::duration>;
  { value.time_since_epoch() } -> std::same_as<typename T::duration>;
};
template <typename T>
concept OptionalLike = requires(const T& value) {
  typename T::value_type;
  { value.has_value() } -> std::same_as<bool>;
  { *value } -> std::convertible_to<const typename T::value_type&>;
};
template <typename T>
concept VariantLike = requires(const T& value) {
  { value.valueless_by_exception() } -> std::same_as<bool>;
  value.index();
};
template <typename T>
concept ErrorLike = requires(const T& value) {
  { value.value() } -> std::same_as<int>;
  { value.category().name() } -> std::same_as<const char*>;
  { value.message() } -> std::convertible_to<std::string_view>;
};
template <typename T>
concept PlaceLike = requires(const T& value) {
  { value.file_name() } -> std::same_as<const char*>;
  { value.function_name() } -> std::same_as<const char*>;
  value.line();
};
template <typename T>
concept BitsLike = requires(const T& value) {
  { value.test(std::size_t{}) } -> std::same_as<bool>;
  { value.size() } -> std::same_as<std::size_t>;
  value.count();
  value.all();
};
template <typename T>
concept RangeLike = requires(const T& value) {
  std::begin(value) != std::end(value);
  ++std::declval<decltype(std::begin(value))&>();
  requires !std::is_same_v<std::remove_cvref_t<decltype(*std::begin(value))>, T>;
};
template <typename T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};

/// Whether one key has one value.
template <typename T>
concept HasUniqueKeys = requires(const T& value, const typename T::key_type& key) {
  value.at(key);
};

template <typename T>
consteval Shape shape_of_range() {
  if constexpr (requires {
                  typename T::key_type;
                  typename T::mapped_type;
                }) {
    return HasUniqueKeys<T> ? Shape::map : Shape::multimap;
  } else {
    return requires {
      typename T::key_type;
    }
    ? Shape::set : Shape::list;
  }
}

template <typename T>
consteval bool is_text_class() {
  if constexpr (requires {
                  typename T::traits_type;
                  typename T::value_type;
                  std::declval<const T&>().data();
                }) {
    return is_code_unit<typename T::value_type>;
  } else {
    return false;
  }
}

template <typename T>
consteval Shape shape_of_std_class() {
  if constexpr (type_name<T>() == "std::monostate") return Shape::monostate;
  if constexpr (type_name<T>() == "std::thread::id") return Shape::thread_id;
  return Shape::rendered;
}

template <typename T>
consteval Shape shape_of_class() {
  // A type's own formatter says more than what its parts look like. What libfmt's headers say of
  // the standard library does not count, or a record would depend on who includes them.
  constexpr bool is_std = type_name<T>().starts_with("std::");
  if constexpr (HasMembers<T>) {
    return Shape::object;
  } else if constexpr (!is_std && fmt::is_formattable<T>::value) {
    return Shape::rendered;
  } else if constexpr (is_text_class<T>()) {
    return std::is_same_v<typename T::value_type, char8_t> ? Shape::u8text : Shape::text;
  } else if constexpr (PathLike<T>) {
    return Shape::path;
  } else if constexpr (RangeLike<T>) {
    return shape_of_range<T>();
  } else if constexpr (SmartPointer<T>) {
    return Shape::address;
  } else if constexpr (DurationLike<T>) {
    return Shape::duration;
  } else if constexpr (TimeLike<T>) {
    return Shape::time;
  } else if constexpr (OptionalLike<T>) {
    return Shape::optional;
  } else if constexpr (VariantLike<T>) {
    return Shape::variant;
  } else if constexpr (TupleLike<T>) {
    return Shape::tuple;
  } else if constexpr (ErrorLike<T>) {
    return Shape::error;
  } else if constexpr (PlaceLike<T>) {
    return Shape::place;
  } else if constexpr (BitsLike<T>) {
    return Shape::bits;
  } else {
    return shape_of_std_class<T>();
  }
}

template <typename T>
consteval Shape shape_of_enum() {
  if constexpr (HasEnumerators<T>) {
    return Shape::name;
  } else {
    constexpr bool has_formatter =
        fmt::has_formatter<T, fmt::format_context>::value || requires(T value) {
      format_as(value);
    };
    return has_formatter ? Shape::rendered : Shape::number;
  }
}

/// Of what T points to or is an array of.
template <typename Element>
consteval Shape shape_of_text(Shape otherwise) {
  if constexpr (!is_code_unit<Element>) return otherwise;
  return std::is_same_v<Element, char8_t> ? Shape::u8text : Shape::text;
}

template <typename T>
consteval Shape find_shape() {
  using Pointed = std::remove_cv_t<std::remove_pointer_t<T>>;
  if constexpr (std::is_function_v<Pointed>) {  // or a pointer to one
    return Shape::address;
  } else if constexpr (is_text<T> || is_integer<T> || std::is_same_v<T, float> ||
                       std::is_same_v<T, double> || std::is_null_pointer_v<T> ||
                       (std::is_pointer_v<T> && std::is_void_v<Pointed>)) {
    return Shape::plain;
  } else if constexpr (is_code_unit<T>) {
    return Shape::character;
  } else if constexpr (std::is_same_v<T, long double>) {
    return Shape::float_long;
  } else if constexpr (std::is_same_v<T, Int128> || std::is_same_v<T, Uint128>) {
    return Shape::int128;
  } else if constexpr (std::is_enum_v<T>) {
    return shape_of_enum<T>();
  } else if constexpr (std::is_pointer_v<T>) {
    return shape_of_text<Pointed>(Shape::rendered);
  } else if constexpr (std::is_array_v<T>) {
    return shape_of_text<std::remove_cv_t<std::remove_extent_t<T>>>(Shape::list);
  } else if constexpr (std::is_class_v<T>) {
    return shape_of_class<T>();
  } else {
    return Shape::rendered;
  }
}

template <typename T>
inline constexpr Shape shape_of = find_shape<T>();

/// Types that only their fmt::formatter knows: the call renders them.
template <typename T>
inline constexpr bool is_rendered = shape_of<T> == Shape::rendered;

/// Types that a record takes as they are, or as bytes that stand in the argument.
constexpr bool is_stored(Shape shape) {
  return shape == Shape::plain || shape == Shape::u8text || shape == Shape::path ||
         shape == Shape::number || shape == Shape::address || shape == Shape::thread_id;
}

/// Types that become UTF-8 first.
constexpr bool is_converted(Shape shape) {
  return shape == Shape::character || shape == Shape::text;
}

}  // namespace xylem::detail
