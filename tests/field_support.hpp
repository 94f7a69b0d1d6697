#pragma once

// Whether a line says what was logged: the values of its members against the arguments.

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "format/tree_json.hpp"
#include "format/utf8.hpp"
#include "record_support.hpp"

namespace record_test {

/// The text as JSON readers see it: each invalid piece of UTF-8 is one U+FFFD.
inline std::string valid(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto unit = xylem::format::decode_utf8(text.data() + at, text.data() + text.size());
    char bytes[4];
    out.append(bytes, xylem::format::encode_utf8(bytes, unit.code_point));
    at += unit.length;
  }
  return out;
}

inline void check_real(const simdjson::dom::element& element, double value) {
  if (std::isfinite(value)) {
    REQUIRE(element.is_double());
    const double read = element;
    CHECK(read == value);
    CHECK(std::signbit(read) == std::signbit(value));
  } else {
    REQUIRE(element.is_string());
    CHECK(std::string_view(element) == (std::isnan(value) ? "NaN"
                                        : value < 0       ? "-Infinity"
                                                          : "Infinity"));
  }
}

/// The member has the field's value, in its type.
inline void check_field(const simdjson::dom::element& element, const Arg& a) {
  CAPTURE(static_cast<int>(a.kind));
  CAPTURE(simdjson::to_string(element));
  switch (a.kind) {
    case Kind::int64:
      CHECK(element.get_int64().value() == a.int64);
      break;
    case Kind::uint64:
      CHECK(element.get_uint64().value() == a.uint64);
      break;
    case Kind::int32:
      CHECK(element.get_int64().value() == a.int32);
      break;
    case Kind::uint32:
      CHECK(element.get_uint64().value() == a.uint32);
      break;
    case Kind::float64:
      check_real(element, a.float64);
      break;
    case Kind::float32: {
      // The shortest decimal of the float, read as a double.
      const std::string digits = fmt::format("{}", a.float32);
      double value = a.float32;
      if (std::isfinite(value))
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
      check_real(element, value);
      break;
    }
    case Kind::boolean:
      CHECK(element.get_bool().value() == a.boolean);
      break;
    case Kind::null:
      CHECK(element.is_null());
      break;
    case Kind::json: {
      simdjson::dom::parser parser;
      const simdjson::padded_string text{a.text};
      CHECK(simdjson::to_string(element) == simdjson::to_string(parser.parse(text).value()));
      break;
    }
    case Kind::structured: {
      std::string json;
      xylem::format::append_tree_json(json, a.text, xylem::format::JsonStyle{});
      simdjson::dom::parser parser;
      const simdjson::padded_string text{json};
      CHECK(simdjson::to_string(element) == simdjson::to_string(parser.parse(text).value()));
      break;
    }
    case Kind::character:
      CHECK(element.get_string().value() == valid({&a.character, 1}));
      break;
    case Kind::pointer:
      CHECK(element.get_string().value() == fmt::format("{:#x}", a.uint64));
      break;
    default:
      CHECK(element.get_string().value() == valid(a.text));
  }
}

}  // namespace record_test
