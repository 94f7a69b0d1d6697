#include "format/key_value.hpp"

#include <algorithm>

#include "format/fields.hpp"
#include "format/json_value.hpp"
#include "format/python_text.hpp"
#include "format/tree_json.hpp"
#include "format/utf8.hpp"
#include "format/visible.hpp"

namespace xylem::format {
namespace {

using record::Value;

/// What needs no quotes: nothing in it separates, quotes or hides.
bool is_one_word(std::string_view text) {
  if (text.empty()) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const Utf8Unit unit = decode_utf8(at, end);
    const std::uint32_t c = unit.code_point;
    if (!unit.valid || c == ' ' || c == '=' || c == '"' || c == '\\' || is_control(c)) return false;
    at += unit.length;
  }
  return true;
}

void append_text(std::string& out, std::string_view text) {
  if (is_one_word(text)) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

void append_value(std::string& out, const Value& value) {
  switch (value.type) {
    case Value::Type::text:
      return append_text(out, value.text);
    case Value::Type::json:
    case Value::Type::structured: {
      std::string scratch;
      const bool is_json = value.type == Value::Type::json;
      const Value held =
          is_json ? value_of_json(value.text, scratch) : value_of_tree(value.text, scratch);
      if (held.type != Value::Type::json) return append_value(out, held);
      return append_text(out, json_of(value, {false, ",", ":"}));
    }
    default: {
      // Not a number and pointers are text in JSON.
      const std::string json = json_of(value, {});
      out += json.front() == '"' ? std::string_view{json}.substr(1, json.size() - 2) : json;
    }
  }
}

}  // namespace

void append_pair(std::string& out, std::string_view key, const Value& value) {
  if (is_one_word(key)) {
    out += key;
  } else {
    std::string safe;
    append_visible(safe, key);
    std::replace_if(
        safe.begin(), safe.end(),
        [](char c) { return c == ' ' || c == '=' || c == '"' || c == '\\'; }, '_');
    out += safe.empty() ? "_" : safe;
  }
  out += '=';
  append_value(out, value);
}

}  // namespace xylem::format
