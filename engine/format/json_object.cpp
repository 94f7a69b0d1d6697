#include "format/json_object.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include "format/json_value.hpp"
#include "format/utf8.hpp"

namespace xylem::format {
namespace {

/// The end of the JSON value that begins at text[at]. The text is json.dumps' own.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      at += c == '\\' ? 1 : 0;
      in_string = c != '"';
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || c == ':')) return at;
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    in_string = c == '"';
  }
  return at;
}

std::uint32_t code_unit(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  std::from_chars(text.data() + at, text.data() + at + 4, unit, 16);
  return unit;
}

char simple_escape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'f':
      return '\f';
    case 'b':
      return '\b';
    default:
      return c;
  }
}

/// At the 'u' of text[at]: appends the code point and returns the place of its last digit.
std::size_t append_code_point(std::string& out, std::string_view text, std::size_t at) {
  std::uint32_t code_point = code_unit(text, at + 1);
  std::size_t last = at + 4;
  if (code_point >= 0xd800 && code_point < 0xdc00 && text.substr(at + 5).starts_with("\\u")) {
    const std::uint32_t low = code_unit(text, at + 7);
    if (low >= 0xdc00 && low < 0xe000) {
      code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
      last = at + 10;
    }
  }
  if (code_point >= 0xd800 && code_point < 0xe000) code_point = 0xfffd;
  std::array<char, 4> bytes;
  out.append(bytes.data(), encode_utf8(bytes.data(), code_point));
  return last;
}

}  // namespace

std::vector<JsonField> split_json_object(std::string_view text) {
  std::string normal;
  rewrite_json(normal, text, normal_json);
  if (normal.front() != '{') throw std::invalid_argument{"not a JSON object"};
  const std::string_view object{normal};
  std::vector<JsonField> fields;
  std::size_t at = 1;
  while (at < object.size() && object[at] != '}') {
    const std::size_t key_end = end_of_value(object, at);
    const std::size_t value_begin = key_end + 2;
    const std::size_t value_end = end_of_value(object, value_begin);
    fields.push_back({unescape_json_string(object.substr(at, key_end - at)),
                      std::string{object.substr(value_begin, value_end - value_begin)}});
    at = value_end + (object[value_end] == ',' ? 2 : 0);
  }
  return fields;
}

std::vector<std::string> split_json_array(std::string_view text) {
  std::string normal;
  rewrite_json(normal, text, normal_json);
  if (normal.front() != '[') throw std::invalid_argument{"not a JSON array"};
  const std::string_view array{normal};
  std::vector<std::string> items;
  std::size_t at = 1;
  while (at < array.size() && array[at] != ']') {
    const std::size_t end = end_of_value(array, at);
    items.emplace_back(array.substr(at, end - at));
    at = end + (array[end] == ',' ? 2 : 0);
  }
  return items;
}

std::string unescape_json_string(std::string_view literal) {
  std::string out;
  for (std::size_t at = 1; at + 1 < literal.size(); ++at) {
    if (literal[at] != '\\') {
      out += literal[at];
    } else if (literal[++at] == 'u') {
      at = append_code_point(out, literal, at);
    } else {
      out += simple_escape(literal[at]);
    }
  }
  return out;
}

}  // namespace xylem::format
