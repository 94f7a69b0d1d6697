#pragma once

#include <string_view>

/// Types of the program's own in records, by one line each. Needs nothing else of xylem, so that a
/// header of plain types may include it.
///
///     struct Point { double x, y; };
///     XYLEM_DESCRIBE(Point, x, y)
///
///     enum class Color { red, green };
///     XYLEM_DESCRIBE_ENUM(Color, red, green)
///
///     XYLEM_INFO(log, "at {}", Point{1, 2}, xylem::field("color", Color::red));
///
/// The message shows `Point{x: 1, y: 2}`, a field of JSON the object `{"x": 1.0, "y": 2.0}`. The
/// call copies the members as they are; the text is made on the consumer. A described enumerator
/// is its name, any other value of the enum its number.
///
/// XYLEM_DESCRIBE and XYLEM_DESCRIBE_ENUM stand in the namespace of the type, behind its
/// definition and in front of the first log call with it, best in the same header: once for all
/// parts of a program. A type whose members are private, that is nested in a class, or that is a
/// template has XYLEM_DESCRIBE_MEMBERS in its class body instead:
///
///     class Account {
///       int id_ = 0;
///       XYLEM_DESCRIBE_MEMBERS(Account, id_)
///     };
///
/// Members may be of any type that can be logged, described ones too, and up to 256. Those of a
/// base class are named like one's own. A description counts before an fmt::formatter.

namespace xylem::detail {

/// What a description is found by: the namespace of its argument is searched, and no conversion
/// leads to it, so that a class derived from a described one is not taken for it.
template <typename T>
struct Described {};

}  // namespace xylem::detail

// Calls a macro for each of the arguments: rescanned 4^4 times, once for each argument.
#define XYLEM_PARENS_ ()
#define XYLEM_EXPAND_(...) \
  XYLEM_EXPAND4_(XYLEM_EXPAND4_(XYLEM_EXPAND4_(XYLEM_EXPAND4_(__VA_ARGS__))))
#define XYLEM_EXPAND4_(...) \
  XYLEM_EXPAND3_(XYLEM_EXPAND3_(XYLEM_EXPAND3_(XYLEM_EXPAND3_(__VA_ARGS__))))
#define XYLEM_EXPAND3_(...) \
  XYLEM_EXPAND2_(XYLEM_EXPAND2_(XYLEM_EXPAND2_(XYLEM_EXPAND2_(__VA_ARGS__))))
#define XYLEM_EXPAND2_(...) \
  XYLEM_EXPAND1_(XYLEM_EXPAND1_(XYLEM_EXPAND1_(XYLEM_EXPAND1_(__VA_ARGS__))))
#define XYLEM_EXPAND1_(...) __VA_ARGS__
#define XYLEM_FOR_EACH_(macro, type, ...) \
  __VA_OPT__(XYLEM_EXPAND_(XYLEM_STEP_(macro, type, __VA_ARGS__)))
#define XYLEM_STEP_(macro, type, first, ...) \
  macro(type, first) __VA_OPT__(XYLEM_AGAIN_ XYLEM_PARENS_(macro, type, __VA_ARGS__))
#define XYLEM_AGAIN_() XYLEM_STEP_

#define XYLEM_VISIT_MEMBER_(type, name) xylem_visitor.member(#name, xylem_object.name);
#define XYLEM_DESCRIPTION_(befriended, type, ...)                                     \
  template <typename XylemVisitor>                                                    \
  befriended constexpr void xylem_describe(::xylem::detail::Described<type>,          \
                                           [[maybe_unused]] const type& xylem_object, \
                                           XylemVisitor& xylem_visitor) {             \
    if (!xylem_visitor.open(#type)) return;                                           \
    XYLEM_FOR_EACH_(XYLEM_VISIT_MEMBER_, type, __VA_ARGS__)                           \
    xylem_visitor.close();                                                            \
  }
#define XYLEM_VISIT_ENUMERATOR_(type, name) \
  if (xylem_value == type::name) return #name;

#define XYLEM_DESCRIBE(type, ...) XYLEM_DESCRIPTION_(, type, __VA_ARGS__)
#define XYLEM_DESCRIBE_MEMBERS(type, ...) XYLEM_DESCRIPTION_(friend, type, __VA_ARGS__)
#define XYLEM_DESCRIBE_ENUM(type, ...)                                       \
  [[maybe_unused]] constexpr std::string_view xylem_enumerator(              \
      ::xylem::detail::Described<type>, [[maybe_unused]] type xylem_value) { \
    XYLEM_FOR_EACH_(XYLEM_VISIT_ENUMERATOR_, type, __VA_ARGS__)              \
    return {};                                                               \
  }
