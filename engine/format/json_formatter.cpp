#include "format/json_formatter.hpp"

#include <array>

#include "format/attribute.hpp"
#include "format/fields.hpp"
#include "format/json_members.hpp"
#include "format/json_value.hpp"
#include "format/python_text.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Site;
using record::Value;
using record::View;

/// Calls text(constant) and fill(value) from left to right.
template <typename Text, typename Fill>
void lay_out(const std::vector<JsonMember>& members, const JsonStyle& style, Text&& text,
             Fill&& fill) {
  std::string_view separator;
  text("{");
  for (const JsonMember& member : members) {
    const bool closes = std::holds_alternative<JsonClose>(member.value);
    if (closes) {
      text("}");
    } else {
      text(separator);
      text(json_of(Value::of(member.key), style));
      text(style.key_separator);
    }
    const bool opens = std::holds_alternative<JsonOpen>(member.value);
    separator = opens ? std::string_view{} : style.item_separator;
    if (opens) {
      text("{");
    } else if (const auto* const constant = std::get_if<JsonConstant>(&member.value)) {
      text(constant->json);
    } else if (std::holds_alternative<JsonText>(member.value)) {
      std::string styled;
      rewrite_json(styled, member.text, style);
      text(styled);
    } else if (!closes) {
      fill(member.value);
    }
  }
  text("}");
}

}  // namespace

JsonFormatter::JsonFormatter(Options options)
    : options_{std::move(options)},
      style_{options_.ensure_ascii, options_.item_separator, options_.key_separator},
      asctime_{options_.datefmt} {
  const auto restyle = [this](PythonJsonLayout::Pairs& pairs) {
    for (auto& [key, json] : pairs) {
      std::string text;
      rewrite_json(text, json, style_);
      json = std::move(text);
    }
  };
  if (options_.preset) restyle(options_.preset->static_fields);
  if (!options_.python_json) return;
  restyle(options_.python_json->defaults);
  restyle(options_.python_json->static_fields);
}

std::vector<JsonMember> JsonFormatter::members_of(const View& view) const {
  if (options_.preset) return list_members(*options_.preset, view);
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
  lay_out(
      members_of(sample), style_, [&](std::string_view text) { builder.text(text); },
      [&](const JsonMember::Source& value) {
        if (const auto* const field = std::get_if<std::size_t>(&value)) {
          builder.json_value(*field);
        } else {
          compile_attribute(builder, std::get<Attribute>(value), sample);
        }
      });
  builder.text(terminator);
  return builder.finish();
}

/// The text of that kind, or null.
void JsonFormatter::compile_trace(ProgramBuilder& builder, record::Kind kind,
                                  const record::Site& site) {
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (site.arguments[i].kind == kind) return builder.json_value(i);
  }
  builder.text("null");
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
    case Attribute::created_ns:
      return quoted([&] {
        builder.scratch([](fmt::memory_buffer& out, const View& view) {
          std::string text;
          out.append(read_attribute(Attribute::created_ns, view, text).text);
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
      return compile_trace(builder, record::Kind::exception, *sample.site);
    case Attribute::stack_info:
      return compile_trace(builder, record::Kind::stack, *sample.site);
    default:
      return builder.text(json_of(read_attribute(attribute, sample, scratch), style_));
  }
}

void JsonFormatter::format(std::string& out, const View& view) {
  out += options_.prefix;
  lay_out(
      members_of(view), style_, [&](std::string_view text) { out += text; },
      [&](const JsonMember::Source& value) {
        if (const auto* const field = std::get_if<std::size_t>(&value)) {
          out += json_of(field_of(view, *field), style_);
        } else {
          format_attribute(out, std::get<Attribute>(value), view);
        }
      });
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
