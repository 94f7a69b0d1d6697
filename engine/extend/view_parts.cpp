#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "extend/parts.hpp"
#include "format/attribute.hpp"
#include "format/json_object.hpp"
#include "format/message.hpp"
#include "format/tree_json.hpp"
#include "record/level_names.hpp"
#include "record/payload.hpp"

namespace xylem::extend {
namespace {

using format::Attribute;
using record::Value;

std::string_view text_of(const Value& value) {
  return value.type == Value::Type::text ? value.text : std::string_view{};
}

std::int64_t number_of(const Value& value) {
  if (value.type == Value::Type::int64) return value.int64;
  if (value.type == Value::Type::uint64) return static_cast<std::int64_t>(value.uint64);
  return 0;
}

/// Those that are texts and need no memory.
Attribute attribute_of(RecordParts::Text which) {
  using Text = RecordParts::Text;
  switch (which) {
    case Text::pathname:
      return Attribute::pathname;
    case Text::filename:
      return Attribute::filename;
    case Text::module:
      return Attribute::module;
    case Text::function:
      return Attribute::func_name;
    case Text::thread_name:
      return Attribute::thread_name;
    case Text::process_name:
      return Attribute::process_name;
    case Text::format:
      return Attribute::msg;
    default:
      return Attribute::name;
  }
}

void set(std::vector<FieldView>& fields, std::string_view key, FieldValue value) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [key](const FieldView& field) { return field.key == key; });
  if (found == fields.end()) {
    fields.push_back({key, value});
  } else {
    found->value = value;
  }
}

/// Of any value but a structured one; `texts` has room for one more.
FieldValue to_field(const Value& value, std::vector<std::string>& texts) {
  switch (value.type) {
    case Value::Type::absent:
      return {};
    case Value::Type::null:
      return FieldValue{nullptr};
    case Value::Type::boolean:
      return FieldValue{value.boolean};
    case Value::Type::int64:
      return FieldValue{value.int64};
    case Value::Type::uint64:
      return FieldValue{value.uint64};
    case Value::Type::float64:
      return FieldValue{value.float64};
    case Value::Type::float32:
      return FieldValue{static_cast<double>(value.float32)};
    case Value::Type::pointer:
      return FieldValue{std::string_view{texts.emplace_back(fmt::format("{:#x}", value.uint64))}};
    case Value::Type::text:
      return FieldValue{value.text};
    case Value::Type::json:
      return FieldValue::json(value.text);
    case Value::Type::structured:
      break;
  }
  return {};
}

template <typename T>
std::optional<T> read_number(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole ? std::optional{number} : std::nullopt;
}

/// A plain value of JSON becomes what it is, an integer of any size JSON; `texts` has room for one
/// more.
FieldValue to_field(std::string_view json, std::vector<std::string>& texts) {
  if (json.starts_with('"')) {
    return FieldValue{std::string_view{texts.emplace_back(format::unescape_json_string(json))}};
  }
  if (json == "null") return FieldValue{nullptr};
  if (json == "true" || json == "false") return FieldValue{json == "true"};
  if (const auto number = read_number<std::int64_t>(json)) return FieldValue{*number};
  if (const auto number = read_number<std::uint64_t>(json)) return FieldValue{*number};
  if (json.find_first_of(".eE") != std::string_view::npos) {
    if (const auto number = read_number<double>(json)) return FieldValue{*number};
  }
  return FieldValue::json(json);
}

}  // namespace

std::string_view ViewParts::text(Text which) const {
  switch (which) {
    case Text::level_name:
      level_name_ = record::level_name(view_->levelno());
      if (view_->foreign != nullptr) {
        std::string scratch;
        level_name_ = text_of(format::read_attribute(Attribute::levelname, *view_, scratch));
      }
      return level_name_;
    case Text::message:
      if (!has_message_) message_ = format::render_message(*view_);
      has_message_ = true;
      return message_;
    case Text::exc_text:
      return text_of(format::read_exception(*view_));
    case Text::stack_info:
      return text_of(format::read_stack(*view_));
    default: {
      std::string unused;
      return text_of(format::read_attribute(attribute_of(which), *view_, unused));
    }
  }
}

std::int64_t ViewParts::number(Number which) const {
  std::string unused;
  const auto read = [&](Attribute attribute) {
    return number_of(format::read_attribute(attribute, *view_, unused));
  };
  switch (which) {
    case Number::levelno:
      return view_->levelno();
    case Number::line:
      return read(Attribute::lineno);
    case Number::thread_id:
      return read(Attribute::thread);
    case Number::process_id:
      return read(Attribute::process);
    case Number::created_ns:
    case Number::count:
      break;
  }
  constexpr double most_s = 9e9;
  const bool is_given = view_->foreign != nullptr && view_->foreign->created;
  if (!is_given || !(std::abs(*view_->foreign->created) < most_s)) return view_->time_ns;
  return static_cast<std::int64_t>(*view_->foreign->created * 1e9);
}

std::span<const FieldView> ViewParts::fields() const {
  if (has_fields_) return fields_;
  has_fields_ = true;
  if (view_->foreign != nullptr) {
    texts_.reserve(view_->foreign->extras.size());
    for (const record::Foreign::Extra& extra : view_->foreign->extras) {
      set(fields_, extra.key, to_field(extra.json, texts_));
    }
    return fields_;
  }
  const auto& arguments = view_->site->arguments;
  // A structured value takes two: its JSON, and what that is when it is a plain text.
  texts_.reserve(2 * arguments.size());
  std::vector<const char*> starts(arguments.size());
  record::find_tails(*view_->site, view_->payload, starts.data());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].is_field) continue;
    const Value value = record::read_argument(arguments[i], view_->payload, starts[i]);
    if (value.type == Value::Type::structured) {
      format::append_tree_json(texts_.emplace_back(), value.text, format::normal_json);
      set(fields_, arguments[i].key, to_field(std::string_view{texts_.back()}, texts_));
    } else {
      set(fields_, arguments[i].key, to_field(value, texts_));
    }
  }
  return fields_;
}

}  // namespace xylem::extend
