#pragma once

// Fuzz bytes as log calls: a format string, arguments of any kind, and the message that they make.
// Each piece is read by a statement of its own, so that an input means the same to every compiler.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "../random_call.hpp"
#include "../record_support.hpp"
#include "input.hpp"

namespace fuzz {

using record_test::Arg;
using record_test::arg;
using record_test::Kind;

/// Integers beyond 64 bits are kept, which is more than simdjson can read.
inline bool has_big_number(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 18) return true;
  }
  return false;
}

inline std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < 0x20 || c == '"' || c == '\\') {
      json += fmt::format("\\u{:04x}", byte);
    } else {
      json += c;
    }
  }
  return json + '"';
}

/// A JSON value without what its readers differ in: integers beyond 64 bits, equal keys.
inline std::string read_json(Input& in, int depth = 0) {
  static constexpr std::string_view blanks[] = {"", " ", "\t", "\r\n"};
  const std::string_view blank = in.pick(blanks);
  std::string json{blank};
  switch (in.below(depth < 8 ? 8 : 6)) {
    case 0:
      json += "null";
      break;
    case 1:
      json += in.flag() ? "true" : "false";
      break;
    case 2:
      json += std::to_string(in.number<std::int64_t>());
      break;
    case 3:
      if (const auto number = in.number<double>(); std::isfinite(number)) {
        json += fmt::format("{:e}", number);
        break;
      }
      [[fallthrough]];
    case 4:
      json += json_string(in.text());
      break;
    case 5:
      json += static_cast<char>('0' + in.below(10));
      json += "e" + std::to_string(in.below(20));
      break;
    case 6:
      json += '[';
      for (std::size_t n = in.below(6); n > 0; --n) {
        json += read_json(in, depth + 1);
        if (n > 1) json += ',';
      }
      json += ']';
      break;
    default:
      json += '{';
      for (std::size_t n = in.below(4); n > 0; --n) {
        json += json_string(std::to_string(n) + in.text());
        json += ':';
        json += read_json(in, depth + 1);
        if (n > 1) json += ',';
      }
      json += '}';
  }
  return json += blank;
}

/// Any bytes, without tags of integers that simdjson takes for faults.
inline std::string read_tree(Input& in) {
  using xylem::detail::TreeTag;
  std::string bytes = in.text();
  for (std::size_t n = in.below(40); n > 0; --n) {
    bytes += static_cast<char>(in.flag() ? in.byte() : in.below(40));
  }
  std::replace(bytes.begin(), bytes.end(), static_cast<char>(TreeTag::int128), 'x');
  std::replace(bytes.begin(), bytes.end(), static_cast<char>(TreeTag::uint128), 'x');
  return bytes;
}

inline Arg read_value(Input& in, Kind kind) {
  switch (kind) {
    case Kind::int64:
      return arg(in.number<std::int64_t>() >> in.below(64));
    case Kind::uint64:
      return arg(in.number<std::uint64_t>() >> in.below(64));
    case Kind::int32:
      return arg(in.number<std::int32_t>() >> in.below(32));
    case Kind::uint32:
      return arg(in.number<std::uint32_t>() >> in.below(32));
    case Kind::float64: {
      const auto any = in.number<double>();
      if (in.flag()) return arg(any);
      // Of the size that people log.
      const auto digits = in.number<std::int32_t>();
      return arg(std::ldexp(digits, -static_cast<int>(in.below(40))));
    }
    case Kind::float32:
      return arg(in.number<float>());
    case Kind::boolean:
      return arg(in.flag());
    case Kind::character:
      return arg(static_cast<char>(in.byte()));
    case Kind::null:
      return arg(nullptr);
    case Kind::pointer:
      return arg(in.number<std::uint64_t>(), Kind::pointer);
    case Kind::json:
      return arg(read_json(in), Kind::json);
    case Kind::structured:
      return arg(read_tree(in), Kind::structured);
    default: {
      std::string text = in.text();
      if (in.below(8) == 0) text.append(in.byte() * std::size_t{16}, 'x');
      return arg(std::move(text), kind);
    }
  }
}

inline Arg read_argument(Input& in) {
  static constexpr Kind kinds[] = {Kind::int64,   Kind::uint64,    Kind::float64, Kind::float32,
                                   Kind::boolean, Kind::character, Kind::null,    Kind::pointer,
                                   Kind::string,  Kind::rendered,  Kind::json,    Kind::structured,
                                   Kind::int32,   Kind::uint32};
  Arg a = read_value(in, in.pick(kinds));
  return in.flag() ? std::move(a).named(in.text()) : a;
}

/// Either every part of the format string is known, and so the message; or it is any bytes.
struct Call {
  std::vector<Arg> args;
  std::string format;
  std::optional<std::string> message;

  explicit Call(Input& in) {
    for (std::size_t n = in.below(7); n > 0; --n) args.push_back(read_argument(in));
    if (in.flag()) args.push_back(arg("E" + in.text(), Kind::exception));  // never empty
    if (in.below(8) == 0) {
      format = in.text();
      return;
    }
    message.emplace();
    std::vector<std::size_t> positional;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (!args[i].is_field && args[i].kind != Kind::exception) positional.push_back(i);
    }
    const bool is_numbered = in.flag();
    literal(in);
    for (std::size_t i = 0; i < positional.size(); ++i) {
      const std::size_t index = is_numbered ? in.below(positional.size()) : i;
      replacement(in, is_numbered ? std::to_string(index) : "", positional[index]);
      literal(in);
    }
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (!is_name(i) || in.flag()) continue;
      replacement(in, args[i].key, i);
      literal(in);
    }
  }

 private:
  /// Whether the argument is the field that its key means in a format string.
  bool is_name(std::size_t index) const {
    const std::string& key = args[index].key;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (key.empty() || !std::all_of(key.begin(), key.end(), is_letter)) return false;
    const auto first = std::find_if(args.begin(), args.end(),
                                    [&key](const Arg& a) { return a.is_field && a.key == key; });
    return first == args.begin() + static_cast<std::ptrdiff_t>(index);
  }

  void literal(Input& in) {
    for (const char c : in.text()) {
      format.append(c == '{' || c == '}' ? 2 : 1, c);
      *message += c;
    }
  }

  void replacement(Input& in, const std::string& id, std::size_t index) {
    static constexpr std::string_view fills[] = {"", "<", ">", "^", "*^", "\xc3\xa9>"};
    static constexpr std::string_view rests[] = {"",  "d",   "x",  "#x",   "08", "+", "e",
                                                 "g", ".0f", ".3", ".17g", "s",  "?", "L"};
    std::string spec;
    if (in.flag()) {
      spec = ":";
      spec += in.pick(fills);
      if (in.flag()) spec += std::to_string(in.below(99));
      spec += in.pick(rests);
    }
    const std::string source = "{" + id + spec + "}";
    format += source;
    try {
      *message += record_test::formatted(spec, args[index]);
    } catch (const fmt::format_error&) {  // stays as it stands
      *message += source;
    }
  }
};

}  // namespace fuzz
