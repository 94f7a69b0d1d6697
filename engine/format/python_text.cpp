#include "format/python_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <system_error>
#include <utility>

#include "format/floating.hpp"
#include "format/json_object.hpp"
#include "format/json_value.hpp"
#include "format/number_text.hpp"
#include "format/printable.hpp"
#include "format/tree_json.hpp"
#include "format/utf8.hpp"

namespace xylem::format {
namespace {

using record::Value;

template <typename T>
std::string str_of_real(T number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  std::array<char, max_floating_bytes + 64> text;
  return {text.data(), write_repr(text.data(), number)};
}

void append_hex(std::string& out, std::uint32_t code_point) {
  std::array<char, 16> text{};
  const char* const pattern = code_point < 0x100     ? "\\x%02x"
                              : code_point < 0x10000 ? "\\u%04x"
                                                     : "\\U%08x";
  std::snprintf(text.data(), text.size(), pattern, code_point);
  out += text.data();
}

std::string repr_of_text(std::string_view text, bool ascii) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Unit unit = decode_utf8(text.data() + at, text.data() + text.size());
    const std::uint32_t c = unit.code_point;
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (!is_printable(c) || (ascii && c > 0x7e)) {
      append_hex(out, c);
    } else {
      std::array<char, 4> bytes;
      out.append(bytes.data(), encode_utf8(bytes.data(), c));
    }
    at += unit.length;
  }
  return out += quote;
}

/// The end of the JSON string that begins at text[at].
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

/// How Python shows what json.loads() makes of the text: json.dumps' own layout, with other words
/// and other strings.
std::string repr_of_json(std::string_view json, bool ascii) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"null", "None"}, {"true", "True"}, {"false", "False"}, {"NaN", "nan"}, {"Infinity", "inf"},
  };
  std::string normal;
  rewrite_json(normal, json, normal_json);
  const std::string_view text{normal};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      const std::size_t end = end_of_string(text, at);
      out += repr_of_text(unescape_json_string(text.substr(at, end - at)), ascii);
      at = end;
      continue;
    }
    const auto* const word =
        std::find_if(std::begin(words), std::end(words),
                     [rest = text.substr(at)](auto& e) { return rest.starts_with(e.first); });
    if (word == std::end(words)) {
      out += text[at++];
    } else {
      out += word->second;
      at += word->first.size();
    }
  }
  return out;
}

template <typename T>
bool parse_whole(std::string_view text, T& number) {
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  return result.ptr == end && result.ec == std::errc{};
}

}  // namespace

std::string python_str(const Value& value) {
  switch (value.type) {
    case Value::Type::absent:
    case Value::Type::null:
      return "None";
    case Value::Type::boolean:
      return value.boolean ? "True" : "False";
    case Value::Type::int64:
      return std::to_string(value.int64);
    case Value::Type::uint64:
      return std::to_string(value.uint64);
    case Value::Type::float64:
      return str_of_real(value.float64);
    case Value::Type::float32:
      return str_of_real(value.float32);
    case Value::Type::pointer: {
      std::array<char, 20> text{};
      std::snprintf(text.data(), text.size(), "0x%llx",
                    static_cast<unsigned long long>(value.uint64));
      return text.data();
    }
    case Value::Type::text:
      return std::string{value.text};
    case Value::Type::json:
      return repr_of_json(value.text, false);
    case Value::Type::structured: {
      std::string scratch;
      return python_str(value_of_tree(value.text, scratch));
    }
  }
  return {};
}

Value value_of_json(std::string_view json, std::string& scratch) {
  const char first = json.empty() ? '\0' : json.front();
  if (first == '"') {
    scratch = unescape_json_string(json);
    return Value::of(std::string_view{scratch});
  }
  if (json == "null") return Value::none();
  if (json == "true" || json == "false") return Value::of(json == "true");
  std::int64_t integer = 0;
  if (parse_whole(json, integer)) return Value::of(integer);
  std::uint64_t natural = 0;
  if (parse_whole(json, natural)) return Value::of(natural);
  if (is_integer_text(json) || first == '{' || first == '[') return Value::of_json(json);
  // from_chars knows NaN and Infinity too, but not what is beyond the range of doubles.
  double real = 0;
  if (parse_whole(json, real)) return Value::of(real);
  std::string normal;
  rewrite_json(normal, json, normal_json);
  if (parse_whole(normal, real)) return Value::of(real);
  return normal == json ? Value::of_json(json) : value_of_json(scratch = normal, scratch);
}

std::string_view python_type(const Value& value) {
  switch (value.type) {
    case Value::Type::absent:
    case Value::Type::null:
      return "NoneType";
    case Value::Type::boolean:
      return "bool";
    case Value::Type::int64:
    case Value::Type::uint64:
    case Value::Type::pointer:
      return "int";
    case Value::Type::float32:
    case Value::Type::float64:
      return "float";
    case Value::Type::text:
      return "str";
    case Value::Type::structured: {
      std::string scratch;
      return python_type(value_of_tree(value.text, scratch));
    }
    case Value::Type::json:
      return value.text.starts_with('[') ? "list" : value.text.starts_with('{') ? "dict" : "int";
  }
  return {};
}

std::string python_repr(const Value& value, bool ascii) {
  if (value.type == Value::Type::text) return repr_of_text(value.text, ascii);
  if (value.type == Value::Type::structured) {
    std::string scratch;
    return python_repr(value_of_tree(value.text, scratch), ascii);
  }
  return value.type == Value::Type::json ? repr_of_json(value.text, ascii) : python_str(value);
}

}  // namespace xylem::format
