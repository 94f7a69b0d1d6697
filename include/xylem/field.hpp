#pragma once

#include <xylem/detail/key.hpp>
#include <xylem/detail/kind.hpp>
#include <xylem/detail/rendered.hpp>
#include <xylem/detail/structure.hpp>

namespace xylem {

/// A named, typed value of a record; made by field().
template <typename Stored>
struct Field {
  detail::Key key;
  Stored value;
};

/// Adds a value to a record under a name: `XYLEM_INFO(log, "login", xylem::field("user_id", 7))`.
///
/// In JSON the value keeps its type: numbers and bools as such, nullptr as null, text as a string;
/// any other type that libfmt can format becomes a string. `{user_id}` in the format string puts
/// the value into the message as well. The key is a literal. A field refers to the text it was
/// given, as std::string_view does, so pass it straight to the log call.
template <typename T>
[[nodiscard]] constexpr auto field(detail::Key key, const T& value) {
  constexpr detail::Shape shape = detail::shape_of<T>;
  if constexpr (shape == detail::Shape::rendered) {
    return Field<detail::Rendered>{key, detail::render("{}", 0, value)};
  } else if constexpr (detail::is_stored(shape)) {
    using Stored = decltype(detail::store(value));
    return Field<Stored>{key, detail::store(value)};
  } else {
    using Stored = decltype(detail::own(value));
    return Field<Stored>{key, detail::own(value)};
  }
}

}  // namespace xylem
