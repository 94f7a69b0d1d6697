#include "format/json_formatter.hpp"

#include <array>

#include "format/attribute.hpp"
#include "format/floating.hpp"
#include "format/json_members.hpp"
#include "format/json_value.hpp"
#include "format/python_text.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Site;
using record::Value;
using record::View;

/// The JSON text of a value.
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

/// The value of a field: an extra of a record made elsewhere, or an argument.
Value field_of(const View& view, std::size_t index) {
  if (view.foreign != nullptr) return Value::of_json(view.foreign->extras[index].json);
  std::vector<const char*> starts(view.site->arguments.size());
  record::find_tails(*view.site, view.payload, starts.data());
  return record::read_argument(view.site->arguments[index], view.payload, starts[index]);
}

}  // namespace

JsonFormatter::JsonFormatter(Options options)
    : options_{std::move(options)},
      style_{options_.ensure_ascii, options_.item_separator, options_.key_separator},
      asctime_{options_.datefmt} {
  if (!options_.python_json) return;
  const auto restyle = [this](PythonJsonLayout::Pairs& pairs) {
    for (auto& [key, json] : pairs) {
      std::string text;
      rewrite_json(text, json, style_);
      json = std::move(text);
    }
  };
  restyle(options_.python_json->defaults);
  restyle(options_.python_json->static_fields);
}

std::vector<JsonMember> JsonFormatter::members_of(const View& view) const {
  return options_.python_json ? list_members(*options_.python_json, view)
                              : list_members(options_.fmt_keys, view);
}

TextStyle JsonFormatter::text_style() const {
  return options_.ensure_ascii ? TextStyle::ascii : TextStyle::utf8;
}

Program JsonFormatter::compile(const Site& site, std::string_view logger,
                               std::string_view terminator) {
  const View sample{&site, logger, nullptr, 0, nullptr, nullptr};
  ProgramBuilder builder{site, text_style(), clock_, style_};
  builder.text(options_.prefix);
  builder.text("{");
  std::string_view separator;
  for (const JsonMember& member : members_of(sample)) {
    builder.text(separator);
    builder.text(json_of(Value::of(member.key), style_));
    builder.text(style_.key_separator);
    if (const auto* const field = std::get_if<std::size_t>(&member.value)) {
      builder.json_value(*field);
    } else if (const auto* const constant = std::get_if<JsonConstant>(&member.value)) {
      builder.text(constant->json);
    } else {
      compile_attribute(builder, std::get<Attribute>(member.value), sample);
    }
    separator = style_.item_separator;
  }
  builder.text("}");
  builder.text(terminator);
  return builder.finish();
}

void JsonFormatter::compile_attribute(ProgramBuilder& builder, Attribute attribute,
                                      const View& sample) {
  const auto quoted = [&builder](auto&& build) {
    builder.text("\"");
    build();
    builder.text("\"");
  };
  std::string scratch;
  switch (attribute) {
    case Attribute::message:
      return quoted([&] { builder.message(); });
    case Attribute::timestamp:
      return quoted([&] { builder.hole(Program::Hole::timestamp); });
    case Attribute::thread_name:
      return quoted([&] { builder.hole(Program::Hole::thread_name); });
    case Attribute::thread:
      return builder.hole(Program::Hole::thread_id);
    case Attribute::asctime:
      return quoted([&] {
        builder.scratch([this](fmt::memory_buffer& out, const View& view) {
          out.append(render_asctime(view, asctime_));
        });
      });
    case Attribute::created:
    case Attribute::msecs:
    case Attribute::relative_created:
      return builder.scratch([attribute, this](fmt::memory_buffer& out, const View& view) {
        std::string unused;
        out.append(json_of(read_attribute(attribute, view, unused), style_));
      });
    case Attribute::exc_info:
    case Attribute::exc_text:
      for (std::size_t i = 0; i < sample.site->arguments.size(); ++i) {
        if (sample.site->arguments[i].kind == record::Kind::exception) return builder.json_value(i);
      }
      return builder.text("null");
    case Attribute::stack_info:
      return builder.text("null");
    default:
      return builder.text(json_of(read_attribute(attribute, sample, scratch), style_));
  }
}

void JsonFormatter::format(std::string& out, const View& view) {
  out += options_.prefix;
  out += '{';
  std::string_view separator;
  for (const JsonMember& member : members_of(view)) {
    out += separator;
    out += json_of(Value::of(member.key), style_);
    out += style_.key_separator;
    if (const auto* const field = std::get_if<std::size_t>(&member.value)) {
      out += json_of(field_of(view, *field), style_);
    } else if (const auto* const constant = std::get_if<JsonConstant>(&member.value)) {
      out += constant->json;
    } else {
      format_attribute(out, std::get<Attribute>(member.value), view);
    }
    separator = style_.item_separator;
  }
  out += '}';
}

void JsonFormatter::format_attribute(std::string& out, Attribute attribute, const View& view) {
  std::string scratch;
  if (attribute == Attribute::timestamp) {
    scratch = timestamp_of(view, clock_);
  } else if (attribute == Attribute::asctime) {
    scratch = render_asctime(view, asctime_);
  } else {
    out += json_of(read_any(attribute, view, scratch), style_);
    return;
  }
  out += json_of(Value::of(std::string_view{scratch}), style_);
}

}  // namespace xylem::format
