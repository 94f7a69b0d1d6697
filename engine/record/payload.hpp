#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "record/site.hpp"
#include "record/value.hpp"
#include "record/view.hpp"

namespace xylem::record {

/// Reads T from the payload, where nothing is aligned.
template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Where the bytes of each string argument of a payload begin, in one pass over the lengths.
/// `starts` has a place for each argument; those without bytes are left as they are. Returns the
/// end of the payload.
inline const std::byte* find_tails(const Site& site, const std::byte* payload,
                                   const char** starts) {
  const std::byte* tail = payload + site.fixed_bytes;
  if (!site.has_tails) return tail;
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    const Argument& argument = site.arguments[i];
    if (!detail::has_tail(argument.kind)) continue;
    starts[i] = reinterpret_cast<const char*>(tail);
    tail += load<std::uint32_t>(payload + argument.offset);
  }
  return tail;
}

/// One argument of a payload; `start` is what find_tails() gave for it.
inline Value read_argument(const Argument& argument, const std::byte* payload, const char* start) {
  const std::byte* const at = payload + argument.offset;
  switch (argument.kind) {
    case Kind::int64:
      return Value::of(load<std::int64_t>(at));
    case Kind::uint64:
      return Value::of(load<std::uint64_t>(at));
    case Kind::int32:
      return Value::of(std::int64_t{load<std::int32_t>(at)});
    case Kind::uint32:
      return Value::of(std::uint64_t{load<std::uint32_t>(at)});
    case Kind::float64:
      return Value::of(load<double>(at));
    case Kind::float32:
      return Value::of(load<float>(at));
    case Kind::boolean:
      return Value::of(load<bool>(at));
    case Kind::character:
      return Value::of(std::string_view{reinterpret_cast<const char*>(at), 1});
    case Kind::null:
      return Value::none();
    case Kind::pointer:
      return Value::of_pointer(load<std::uint64_t>(at));
    case Kind::json:
      return Value::of_json({start, load<std::uint32_t>(at)});
    case Kind::structured:
      return Value::of_tree({start, load<std::uint32_t>(at)});
    case Kind::string:
    case Kind::rendered:
    case Kind::exception:
    case Kind::members:
    case Kind::stack:
      return Value::of(std::string_view{start, load<std::uint32_t>(at)});
  }
  return {};
}

/// The argument number `index` of a record that was made here.
inline Value read_value(const View& view, std::size_t index) {
  std::vector<const char*> starts(view.site->arguments.size());
  find_tails(*view.site, view.payload, starts.data());
  return read_argument(view.site->arguments[index], view.payload, starts[index]);
}

}  // namespace xylem::record
