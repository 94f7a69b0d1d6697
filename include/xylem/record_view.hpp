#pragma once
/// @file
/// A record as a program's own handlers, formatters and filters (extend.hpp) and its tests
/// (testing.hpp) see it.

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/core.h>

#include <xylem/level.hpp>

namespace xylem {

namespace detail {
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;
}  // namespace detail

/// The value of a field, with its type. A small value; text and JSON are views that live as long as
/// the record does that the value was taken from.
///
///     record.field("user_id") == 12345        // numbers compare with numbers,
///     record.field("user") == "alice"         // text with text, and nothing with anything else
///
/// Integers are `int64` where they fit and `uint64` beyond that, whatever type the call gave.
class FieldValue {
 public:
  enum class Type : std::uint8_t {
    absent,  ///< there is no such field
    null,
    boolean,
    int64,
    uint64,  ///< above the largest int64
    float64,
    text,
    json,  ///< an object or another value of its own, as JSON text
  };

  constexpr FieldValue() noexcept = default;
  constexpr explicit FieldValue(std::nullptr_t) noexcept : type_{Type::null} {}
  constexpr explicit FieldValue(bool flag) noexcept : type_{Type::boolean}, bits_{flag} {}
  template <detail::Integer T>
  constexpr explicit FieldValue(T number) noexcept
      : type_{std::in_range<std::int64_t>(number) ? Type::int64 : Type::uint64},
        bits_{static_cast<std::uint64_t>(number)} {}
  constexpr explicit FieldValue(double number) noexcept : type_{Type::float64}, float64_{number} {}
  constexpr explicit FieldValue(std::string_view text) noexcept : type_{Type::text}, text_{text} {}

  /// @param text one JSON value
  static constexpr FieldValue json(std::string_view text) noexcept {
    FieldValue value{text};
    value.type_ = Type::json;
    return value;
  }

  constexpr Type type() const noexcept { return type_; }
  constexpr bool is_absent() const noexcept { return type_ == Type::absent; }
  constexpr bool is_null() const noexcept { return type_ == Type::null; }

  /// Each has a value when the type is the one it names; as_double() also for integers.
  constexpr std::optional<bool> as_bool() const noexcept {
    return type_ == Type::boolean ? std::optional{bits_ != 0} : std::nullopt;
  }
  constexpr std::optional<std::int64_t> as_int64() const noexcept {
    return type_ == Type::int64 ? std::optional{static_cast<std::int64_t>(bits_)} : std::nullopt;
  }
  /// Of every integer that is not negative.
  constexpr std::optional<std::uint64_t> as_uint64() const noexcept {
    const bool has = type_ == Type::uint64 || (type_ == Type::int64 && bits_ <= largest_int64);
    return has ? std::optional{bits_} : std::nullopt;
  }
  constexpr std::optional<double> as_double() const noexcept {
    if (type_ == Type::float64) return float64_;
    if (type_ == Type::uint64) return static_cast<double>(bits_);
    if (type_ == Type::int64) return static_cast<double>(static_cast<std::int64_t>(bits_));
    return std::nullopt;
  }
  /// Of text; of JSON its text.
  constexpr std::optional<std::string_view> as_text() const noexcept {
    return type_ == Type::text || type_ == Type::json ? std::optional{text_} : std::nullopt;
  }

  /// Text and JSON as they are, the others as in JSON; "(absent)" for what is not there.
  std::string to_string() const;

  friend constexpr bool operator==(const FieldValue& a, const FieldValue& b) noexcept {
    return a.type_ == b.type_ && a.bits_ == b.bits_ && a.float64_ == b.float64_ &&
           a.text_ == b.text_;
  }
  friend constexpr bool operator==(const FieldValue& a, bool b) noexcept {
    return a.as_bool() == b;
  }
  template <detail::Integer T>
  friend constexpr bool operator==(const FieldValue& a, T b) noexcept {
    return a == FieldValue{b};
  }
  friend constexpr bool operator==(const FieldValue& a, double b) noexcept {
    return a.type_ == Type::float64 && a.float64_ == b;
  }
  friend constexpr bool operator==(const FieldValue& a, std::string_view b) noexcept {
    return a.as_text() == b;
  }
  friend constexpr bool operator==(const FieldValue& a, const char* b) noexcept {
    return a.as_text() == std::string_view{b};
  }
  friend constexpr bool operator==(const FieldValue& a, std::nullptr_t) noexcept {
    return a.is_null();
  }

 private:
  static constexpr auto largest_int64 =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

  Type type_ = Type::absent;
  std::uint64_t bits_ = 0;  // of integers and bools
  double float64_ = 0;
  std::string_view text_;
};

/// A field of a record: what xylem::field() made at the call, or an `extra` of a Python record.
struct FieldView {
  std::string_view key;
  FieldValue value;
};

namespace detail {
class RecordParts;
}

/// One record. It is valid during the call that it was handed to: a program that keeps something
/// copies that. Texts are UTF-8 as the call gave it. What costs time, the message and the fields,
/// is rendered when it is asked for first.
///
/// Thread-safety: none is needed, the engine hands a view to one thread.
class RecordView {
 public:
  explicit RecordView(const detail::RecordParts& parts) noexcept : parts_{&parts} {}

  /// The logger's dotted name; "root" for the root.
  std::string_view name() const;
  /// 20 for INFO, as in Python; any number.
  int levelno() const;
  Level level() const { return static_cast<Level>(levelno()); }
  /// "WARNING"; "Level 15" for a number without a name.
  std::string_view level_name() const;
  /// With its arguments.
  std::string_view message() const;
  /// The format string of the call, the same for all its records: good for grouping them. Of a
  /// record made elsewhere the message.
  std::string_view format() const;

  /// In the order of the call; of equal keys the last one's value.
  std::span<const FieldView> fields() const;
  /// The field of that name; absent (equal to nothing but another one) when there is none.
  FieldValue field(std::string_view key) const;
  bool has(std::string_view key) const { return !field(key).is_absent(); }

  /// The place of the call. Empty, and 0, for a record made elsewhere that did not say.
  std::string_view pathname() const;
  std::string_view filename() const;  ///< pathname() without directories
  std::string_view module() const;    ///< filename() without its extension
  std::string_view function() const;
  std::int64_t line() const;

  /// When it was logged, in UTC; ns since the epoch in created_ns().
  std::chrono::system_clock::time_point created() const;
  std::int64_t created_ns() const;

  std::uint64_t thread_id() const;  ///< pthread_self()
  std::string_view thread_name() const;
  std::int64_t process_id() const;
  std::string_view process_name() const;

  /// The text of the exception that was logged with the record, and of the stack; else empty.
  std::string_view exc_text() const;
  std::string_view stack_info() const;

 protected:
  const detail::RecordParts& parts() const noexcept { return *parts_; }

 private:
  const detail::RecordParts* parts_;
};

/// `WARNING  my_app.db main.cpp:12 slow query {"ms": 73}`: for tests and for looking at.
std::string to_string(const RecordView& record);
std::ostream& operator<<(std::ostream& out, const RecordView& record);
std::ostream& operator<<(std::ostream& out, const FieldValue& value);

/// The name: "WARNING".
std::ostream& operator<<(std::ostream& out, Level level);

}  // namespace xylem

template <>
struct fmt::formatter<xylem::FieldValue> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const xylem::FieldValue& value, Context& context) const {
    return fmt::formatter<std::string_view>::format(value.to_string(), context);
  }
};

template <std::derived_from<xylem::RecordView> Record>
struct fmt::formatter<Record> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const xylem::RecordView& record, Context& context) const {
    return fmt::formatter<std::string_view>::format(to_string(record), context);
  }
};
