#include "format/fields.hpp"

#include <array>

#include "format/floating.hpp"
#include "format/percent.hpp"
#include "format/program.hpp"
#include "format/python_text.hpp"
#include "format/tree_json.hpp"
#include "record/payload.hpp"

namespace xylem::format {

using record::Value;
using record::View;

std::string json_of(const Value& value, const JsonStyle& style) {
  const TextStyle text_style = style.ensure_ascii ? TextStyle::ascii : TextStyle::utf8;
  switch (value.type) {
    case Value::Type::absent:
    case Value::Type::null:
      return "null";
    case Value::Type::boolean:
      return value.boolean ? "true" : "false";
    case Value::Type::int64:
      return std::to_string(value.int64);
    case Value::Type::uint64:
      return std::to_string(value.uint64);
    case Value::Type::float64:
    case Value::Type::float32: {
      std::array<char, max_floating_bytes + 64> text;
      return {text.data(), value.type == Value::Type::float64
                               ? write_json_number(text.data(), value.float64)
                               : write_json_number(text.data(), value.float32)};
    }
    case Value::Type::json: {
      std::string text;
      rewrite_json(text, value.text, style);
      return text;
    }
    case Value::Type::structured: {
      std::string text;
      append_tree_json(text, value.text, style);
      return text;
    }
    case Value::Type::pointer:
      return '"' + python_str(value) + '"';
    case Value::Type::text:
      return '"' + styled(value.text, text_style) + '"';
  }
  return {};
}

std::string timestamp_of(const View& view, IsoUtcRenderer& clock) {
  std::array<char, IsoUtcRenderer::max_bytes> text;
  if (view.foreign == nullptr || !view.foreign->created) {
    return {text.data(), clock.write(text.data(), view.time_ns)};
  }
  const auto time_us = to_unix_time_us(*view.foreign->created);
  if (!time_us) throw FormatError{"year is out of range"};
  return {text.data(), clock.write_us(text.data(), *time_us)};
}

Value field_of(const View& view, std::size_t index) {
  if (view.foreign != nullptr) return Value::of_json(view.foreign->extras[index].json);
  return record::read_value(view, index);
}

}  // namespace xylem::format
