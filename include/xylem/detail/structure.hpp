#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xylem/detail/rendered.hpp>
#include <xylem/detail/shape.hpp>
#include <xylem/detail/tree.hpp>

/// Writes values of all shapes into trees.
namespace xylem::detail {

template <typename T>
void write_value(TreeWriter& writer, const T& value);

/// What a description says its members to.
class MemberWriter {
 public:
  explicit MemberWriter(TreeWriter& writer) noexcept : writer_{writer} {}

  bool open(std::string_view type) noexcept { return writer_.open_object(type); }
  template <typename T>
  void member(std::string_view name, const T& value) {
    if (writer_.is_full()) return;
    writer_.put(TreeTag::member, name);
    write_value(writer_, value);
  }
  void close() noexcept { writer_.close(); }

 private:
  TreeWriter& writer_;
};

/// Text of any encoding but char's, and of any type.
template <typename T>
constexpr auto view_of_text(const T& text) noexcept {
  if constexpr (std::is_class_v<T>) {
    return std::basic_string_view<typename T::value_type>{text.data(), text.size()};
  } else {
    using Unit = std::remove_cv_t<std::remove_pointer_t<std::decay_t<const T&>>>;
    const Unit* const begin = text;
    if (begin == nullptr) return std::basic_string_view<Unit>{};
    return std::basic_string_view<Unit>{begin};
  }
}

inline std::string_view as_utf8(std::u8string_view text) noexcept {
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

template <typename T>
void convert_text(CallBuffer& to, const T& value) noexcept {
  if constexpr (shape_of<T> == Shape::text) {
    const auto text = view_of_text(value);
    append_utf8(to, text.data(), text.size());
  } else if constexpr (sizeof(T) == 2) {
    const auto unit = static_cast<char16_t>(value);
    append_utf8(to, &unit, 1);
  } else {
    // A unit of UTF-8 beyond ASCII is a piece of a character.
    const bool is_piece = sizeof(T) == 1 && static_cast<unsigned char>(value) >= 0x80;
    const auto unit = is_piece ? char32_t{0xfffd} : static_cast<char32_t>(value);
    append_utf8(to, &unit, 1);
  }
}

template <typename T>
void write_converted(TreeWriter& writer, const T& value) {
  const std::size_t before = writer.buffer().size();
  writer.put(TreeTag::text, std::string_view{});
  const std::size_t begin = writer.buffer().size();
  convert_text(writer.buffer(), value);
  writer.finish_text(before, begin);
}

template <typename T>
consteval bool is_run_value() {
  return std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> &&
         !std::is_same_v<T, long double> && !is_code_unit<T>;
}

template <typename T>
consteval RunType run_type() {
  if (std::is_floating_point_v<T>) return sizeof(T) == 4 ? RunType::f32 : RunType::f64;
  const int first = static_cast<int>(std::is_signed_v<T> ? RunType::i8 : RunType::u8);
  return static_cast<RunType>(first + (sizeof(T) == 1   ? 0
                                       : sizeof(T) == 2 ? 1
                                       : sizeof(T) == 4 ? 2
                                                        : 3));
}

/// Numbers that stand one behind the other are copied as they stand.
template <typename T>
consteval bool is_run() {
  if constexpr (requires(const T& range) {
                  { *std::data(range) } -> std::same_as<decltype(*std::begin(range))>;
                  std::size(range);
                }) {
    return is_run_value<std::remove_cvref_t<decltype(*std::begin(std::declval<const T&>()))>>();
  } else {
    return false;
  }
}

/// The type of what a range holds: what stands in for it (vector<bool>) is not what it is.
template <typename T>
using ElementOf =
    typename std::iterator_traits<decltype(std::begin(std::declval<const T&>()))>::value_type;

template <typename T>
void write_elements(TreeWriter& writer, const T& range) {
  if constexpr (is_run<T>()) {
    using Number = std::remove_cvref_t<decltype(*std::data(range))>;
    writer.put_run(run_type<Number>(), sizeof(Number), std::data(range), std::size(range));
  } else {
    const auto end = std::end(range);
    for (auto at = std::begin(range); at != end; ++at) {
      if (writer.is_full()) return;
      const ElementOf<T>& element = *at;
      if constexpr (shape_of<T> == Shape::map || shape_of<T> == Shape::multimap) {
        write_value(writer, element.first);
        write_value(writer, element.second);
      } else {
        write_value(writer, element);
      }
    }
  }
}

constexpr TreeTag tag_of_range(Shape shape) {
  switch (shape) {
    case Shape::set:
      return TreeTag::set;
    case Shape::map:
      return TreeTag::map;
    case Shape::multimap:
      return TreeTag::multimap;
    default:
      return TreeTag::list;
  }
}

template <typename T, std::size_t... I>
void write_parts(TreeWriter& writer, const T& tuple, std::index_sequence<I...>) {
  using std::get;
  (write_value(writer, get<I>(tuple)), ...);
}

template <template <typename...> typename V, typename... T, std::size_t... I>
void write_alternative(TreeWriter& writer, const V<T...>& variant, std::index_sequence<I...>) {
  using std::get;
  if (variant.valueless_by_exception()) return writer.put(TreeTag::more);
  const auto write = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
    if (variant.index() == i) write_value(writer, get<i>(variant));
  };
  (write(std::integral_constant<std::size_t, I>{}), ...);
}
template <template <typename...> typename V, typename... T>
void write_variant(TreeWriter& writer, const V<T...>& variant) {
  if (!writer.open(TreeTag::variant)) return;
  write_alternative(writer, variant, std::index_sequence_for<T...>{});
  writer.close();
}

template <typename Duration>
void write_duration(TreeWriter& writer, TreeTag tag, const Duration& duration) {
  using Period = typename Duration::period;
  if constexpr (std::is_floating_point_v<typename Duration::rep>) {
    const auto count = static_cast<double>(duration.count());
    writer.put_ratio(TreeTag::duration_float, &count, Period::num, Period::den);
  } else {
    const auto count = static_cast<std::int64_t>(duration.count());
    writer.put_ratio(tag, &count, Period::num, Period::den);
  }
}

/// A time of the system's clock, or of one that knows it, is one of the calendar; that of another
/// is what has passed since its epoch.
template <typename T>
void write_time(TreeWriter& writer, const T& time) {
  using Clock = typename T::clock;
  using Duration = typename T::duration;
  if constexpr (requires { Clock::to_sys(time); }) {
    write_time(writer, Clock::to_sys(time));
  } else if constexpr (!requires { Clock::to_time_t; }) {
    write_duration(writer, TreeTag::duration, time.time_since_epoch());
  } else if constexpr (std::is_floating_point_v<typename Duration::rep>) {
    // Of some fraction of a second: the calendar shows it to the nanosecond.
    const double time_ns = static_cast<double>(time.time_since_epoch().count()) * 1e9 *
                           static_cast<double>(Duration::period::num) /
                           static_cast<double>(Duration::period::den);
    const bool is_within = time_ns > -9.2e18 && time_ns < 9.2e18;
    const auto count = is_within ? static_cast<std::int64_t>(time_ns) : std::int64_t{0};
    if (!is_within) return writer.put(TreeTag::more);
    writer.put_ratio(TreeTag::time, &count, 1, 1'000'000'000);
  } else {
    write_duration(writer, TreeTag::time, time.time_since_epoch());
  }
}

template <typename T>
void write_bits(TreeWriter& writer, const T& bits) {
  const std::size_t before = writer.buffer().size();
  writer.put(TreeTag::text, std::string_view{});
  const std::size_t begin = writer.buffer().size();
  if (char* const at = writer.buffer().take(bits.size())) {
    for (std::size_t i = 0; i < bits.size(); ++i)
      at[i] = bits.test(bits.size() - 1 - i) ? '1' : '0';
  }
  writer.finish_text(before, begin);
}

/// What is stored as a text or a number of its own where it is no part of anything.
template <typename T>
constexpr auto store(const T& value) noexcept {
  constexpr Shape shape = shape_of<T>;
  if constexpr (shape == Shape::number) {
    return stored(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (shape == Shape::path) {
    return String{std::string_view{value.native()}};
  } else if constexpr (shape == Shape::u8text) {
    return String{as_utf8(view_of_text(value))};
  } else if constexpr (shape == Shape::thread_id) {
    std::uint64_t id = 0;
    static_assert(sizeof value <= sizeof id);
    std::memcpy(&id, &value, sizeof value);
    return id;
  } else if constexpr (shape != Shape::address) {
    return stored(value);
  } else if constexpr (std::is_function_v<T>) {
    return Pointer{reinterpret_cast<std::uintptr_t>(&value)};
  } else if constexpr (std::is_pointer_v<T>) {
    return Pointer{reinterpret_cast<std::uintptr_t>(value)};
  } else {
    return Pointer{reinterpret_cast<std::uintptr_t>(value.get())};
  }
}

template <typename S>
void write_stored(TreeWriter& writer, const S& value) {
  if constexpr (std::is_same_v<S, bool>) {
    writer.put(value ? TreeTag::yes : TreeTag::no);
  } else if constexpr (std::is_same_v<S, char>) {
    writer.put_number(TreeTag::character, value);
  } else if constexpr (std::is_same_v<S, std::int32_t> || std::is_same_v<S, std::int64_t>) {
    writer.put_number(TreeTag::int64, std::int64_t{value});
  } else if constexpr (std::is_same_v<S, std::uint32_t> || std::is_same_v<S, std::uint64_t>) {
    writer.put_number(TreeTag::uint64, std::uint64_t{value});
  } else if constexpr (std::is_same_v<S, double>) {
    writer.put_number(TreeTag::float64, value);
  } else if constexpr (std::is_same_v<S, float>) {
    writer.put_number(TreeTag::float32, value);
  } else if constexpr (std::is_same_v<S, Pointer>) {
    writer.put_number(TreeTag::address, value.address);
  } else if constexpr (std::is_same_v<S, Null>) {
    writer.put(TreeTag::null);
  } else {
    writer.put(TreeTag::text, value.text);
  }
}

template <typename T>
void write_enumerator(TreeWriter& writer, T value) {
  const std::string_view name = xylem_enumerator(Described<T>{}, value);
  if (!name.empty()) return writer.put(TreeTag::text, name);
  write_stored(writer, stored(static_cast<std::underlying_type_t<T>>(value)));
}

template <typename T>
void write_value(TreeWriter& writer, const T& value) {
  constexpr Shape shape = shape_of<T>;
  if constexpr (shape == Shape::rendered) {
    writer.put(TreeTag::rendered, render("{}", 0, value).text);
  } else if constexpr (is_stored(shape)) {
    write_stored(writer, store(value));
  } else if constexpr (is_converted(shape)) {
    write_converted(writer, value);
  } else if constexpr (shape == Shape::name) {
    write_enumerator(writer, value);
  } else if constexpr (shape == Shape::int128) {
    writer.put_number(std::is_same_v<T, Int128> ? TreeTag::int128 : TreeTag::uint128, value);
  } else if constexpr (shape == Shape::float_long) {
    writer.put_long(value);
  } else if constexpr (shape == Shape::object) {
    MemberWriter members{writer};
    xylem_describe(Described<T>{}, value, members);
  } else if constexpr (shape == Shape::duration) {
    write_duration(writer, TreeTag::duration, value);
  } else if constexpr (shape == Shape::time) {
    write_time(writer, value);
  } else if constexpr (shape == Shape::optional) {
    if (!value.has_value()) return writer.put(TreeTag::none);
    if (!writer.open(TreeTag::some)) return;
    const typename T::value_type& held = *value;
    write_value(writer, held);
    writer.close();
  } else if constexpr (shape == Shape::variant) {
    write_variant(writer, value);
  } else if constexpr (shape == Shape::monostate) {
    writer.put(TreeTag::monostate);
  } else if constexpr (shape == Shape::error) {
    writer.put_pair(TreeTag::error, value.value(), value.category().name(), value.message());
  } else if constexpr (shape == Shape::place) {
    writer.put_pair(TreeTag::place, static_cast<std::int64_t>(value.line()),
                    text_of(value.file_name()), text_of(value.function_name()));
  } else if constexpr (shape == Shape::bits) {
    write_bits(writer, value);
  } else if constexpr (shape == Shape::tuple) {
    if (!writer.open(TreeTag::tuple)) return;
    write_parts(writer, value, std::make_index_sequence<std::tuple_size<T>::value>{});
    writer.close();
  } else {
    if (!writer.open(tag_of_range(shape))) return;
    write_elements(writer, value);
    writer.close();
  }
}

/// An argument that is a text or a tree once it has been converted, of kind K.
template <Kind K>
struct Owned {
  CallBuffer bytes;

  Owned(WriteTree write, const void* value) : bytes{max_tree_bytes} {
    write_guarded(bytes, write, value);
  }
  template <typename T>
  explicit Owned(const T& text) noexcept : bytes{0x7fff'ffff} {
    convert_text(bytes, text);
  }
};

/// The argument with all that a record needs of it. Neither for plain nor for rendered types.
template <typename T>
auto own(const T& value) {
  if constexpr (is_converted(shape_of<T>)) {
    return Owned<Kind::string>{value};
  } else {
    return Owned<Kind::structured>{[](TreeWriter& writer, const void* erased) {
                                     write_value(writer, *static_cast<const T*>(erased));
                                   },
                                   &value};
  }
}

}  // namespace xylem::detail
