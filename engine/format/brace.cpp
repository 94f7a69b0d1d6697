#include "format/brace.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <utility>

#include "format/brace_markup.hpp"
#include "format/json_object.hpp"
#include "format/python_text.hpp"
#include "format/utf8.hpp"

namespace xylem::format {
namespace {

using record::Value;

/// Fields within specifiers within fields are as deep as str.format() goes.
constexpr int max_depth = 2;

std::optional<std::int64_t> index_of(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t index = 0;
  for (const char c : text) {
    if (index > (std::numeric_limits<std::int64_t>::max() - 9) / 10) {
      throw FormatError{"Too many decimal digits in format string"};
    }
    index = index * 10 + (c - '0');
  }
  return index;
}

std::vector<BraceStep> parse_steps(std::string_view text) {
  std::vector<BraceStep> steps;
  while (!text.empty()) {
    const char first = text.front();
    text.remove_prefix(1);
    if (first != '.' && first != '[') {
      throw FormatError{"Only '.' or '[' may follow ']' in format field specifier"};
    }
    const bool is_attribute = first == '.';
    const std::size_t end =
        is_attribute ? std::min(text.find_first_of(".["), text.size()) : text.find(']');
    if (end == std::string_view::npos) throw FormatError{"Missing ']' in format string"};
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(end + (is_attribute ? 0 : 1));
    BraceStep step{is_attribute, std::string{name}};
    if (!is_attribute) step.index = index_of(name);
    if (name.empty()) throw FormatError{"Empty attribute in format string"};
    steps.push_back(std::move(step));
  }
  return steps;
}

char conversion_of(std::string_view conversion) {
  if (conversion.empty()) return '\0';
  if (conversion == "r" || conversion == "s" || conversion == "a") return conversion.front();
  const std::uint32_t c =
      decode_utf8(conversion.data(), conversion.data() + conversion.size()).code_point;
  if (c > 32 && c < 127) {
    throw FormatError{"Unknown conversion specifier " + std::string{conversion}};
  }
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "\\x%x", c);
  throw FormatError{std::string{"Unknown conversion specifier "} + number.data()};
}

std::vector<PatternPiece> parse_pieces(std::string_view format, int depth);

PatternPiece parse_field(const BraceMarkup& markup, int depth) {
  const std::size_t end = std::min(markup.name.find_first_of(".["), markup.name.size());
  const std::string_view name = markup.name.substr(0, end);
  if (const auto index = name.empty() ? 0 : index_of(name)) {
    // Formatter gives names only.
    throw FormatError{"Replacement index " + std::to_string(*index) +
                      " out of range for positional args tuple"};
  }
  PatternPiece piece{markup.text, std::string{name}, {}};
  auto field = std::make_shared<BraceField>();
  field->steps = parse_steps(markup.name.substr(end));
  field->conversion = conversion_of(markup.conversion);
  if (markup.has_nested) {
    field->nested = parse_pieces(markup.spec, depth - 1);
  } else {
    field->spec = parse_brace_spec(markup.spec);
  }
  if (field->steps.empty() && markup.spec.empty()) {
    if (field->conversion != '\0') piece.conversion.type = field->conversion;
  } else {
    piece.brace = std::move(field);
  }
  return piece;
}

std::vector<PatternPiece> parse_pieces(std::string_view format, int depth) {
  if (depth <= 0) throw FormatError{"Max string recursion exceeded"};
  std::vector<PatternPiece> pieces;
  std::string text;
  BraceReader reader{format};
  while (auto markup = reader.next()) {
    text += markup->text;
    if (!markup->has_field) continue;
    markup->text = std::exchange(text, {});
    pieces.push_back(parse_field(*markup, depth));
  }
  pieces.push_back({std::move(text), {}, {}});
  return pieces;
}

[[noreturn]] void fail(std::string_view before, const Value& value, std::string_view after) {
  throw FormatError{std::string{before}.append(python_type(value)).append(after)};
}

/// Follows the steps from a value to the one that is shown, and keeps the texts on the way.
class Walk {
 public:
  explicit Walk(const Value& value) : value_{value} {}

  void take(const BraceStep& step) {
    if (step.is_attribute) {
      attribute(step.name);
    } else if (value_.type == Value::Type::text) {
      character(step);
    } else if (python_type(value_) == "list") {
      item(step);
    } else if (python_type(value_) == "dict") {
      member(step);
    } else {
      fail("'", value_, "' object is not subscriptable");
    }
  }

  const Value& value() const { return value_; }

 private:
  /// Numbers have attributes that are numbers. Those of other values are methods, and nobody can
  /// mean a method's address.
  void attribute(const std::string& name) {
    const std::string_view type = python_type(value_);
    const bool is_real = type == "float";
    const bool is_integer = type == "int" || type == "bool";
    if (name == "imag" && is_real) {
      value_ = Value::of(0.0);
    } else if (name == "imag" && is_integer) {
      value_ = Value::of(std::int64_t{0});
    } else if (name == "denominator" && is_integer) {
      value_ = Value::of(std::int64_t{1});
    } else if ((name == "real" && (is_real || is_integer)) || (name == "numerator" && is_integer)) {
      if (type == "bool") value_ = Value::of(std::int64_t{value_.boolean ? 1 : 0});
    } else {
      fail("'", value_, "' object has no attribute '" + name + "'");
    }
  }

  void character(const BraceStep& step) {
    if (!step.index)
      fail("string indices must be integers, not '", Value::of(std::string_view{}), "'");
    const auto count = static_cast<std::size_t>(*step.index);
    const std::string_view before = first_code_points(value_.text, count);
    const std::string_view rest = value_.text.substr(before.size());
    if (rest.empty()) throw FormatError{"string index out of range"};
    become_text(std::string{first_code_points(rest, 1)});
  }

  void item(const BraceStep& step) {
    if (!step.index) throw FormatError{"list indices must be integers or slices, not str"};
    std::vector<std::string> items = split_json_array(value_.text);
    if (static_cast<std::uint64_t>(*step.index) >= items.size()) {
      throw FormatError{"list index out of range"};
    }
    become_json(std::move(items[static_cast<std::size_t>(*step.index)]));
  }

  void member(const BraceStep& step) {
    // The keys of a dict that comes from JSON are text: an index is none of them.
    if (step.index) {
      throw FormatError{"Formatting field not found in record: " + std::to_string(*step.index)};
    }
    for (JsonField& field : split_json_object(value_.text)) {
      if (field.key == step.name) return become_json(std::move(field.value));
    }
    throw missing_field(step.name);
  }

  void become_text(std::string text) {
    text_ = std::move(text);
    value_ = Value::of(std::string_view{text_});
  }

  void become_json(std::string json) {
    json_ = std::move(json);
    value_ = value_of_json(json_, text_);
  }

  Value value_;
  std::string json_;
  std::string text_;
};

std::string nested_spec(const std::vector<PatternPiece>& pieces, const BraceLookup& lookup) {
  std::string spec;
  for (const PatternPiece& piece : pieces) {
    spec += piece.text;
    if (piece.name.empty()) continue;
    std::string scratch;
    const Value value = lookup(piece.name, scratch);
    if (piece.brace != nullptr) {
      apply_brace(spec, *piece.brace, value, lookup);
    } else {
      apply_percent(spec, piece.conversion, value);
    }
  }
  return spec;
}

}  // namespace

std::vector<PatternPiece> parse_brace(std::string_view format) {
  return parse_pieces(format, max_depth);
}

void apply_brace(std::string& out, const BraceField& field, const Value& value,
                 const BraceLookup& lookup) {
  Walk walk{value};
  for (const BraceStep& step : field.steps) walk.take(step);
  Value shown = walk.value();
  std::string text;
  if (field.conversion != '\0') {
    text =
        field.conversion == 's' ? python_str(shown) : python_repr(shown, field.conversion == 'a');
    shown = Value::of(std::string_view{text});
  }
  if (field.nested.empty()) return apply_brace_spec(out, field.spec, shown);
  apply_brace_spec(out, parse_brace_spec(nested_spec(field.nested, lookup)), shown);
}

}  // namespace xylem::format
