#include "format/console_formatter.hpp"

#include <utility>

#include "format/fields.hpp"
#include "format/json_member_list.hpp"
#include "format/key_value.hpp"
#include "format/message.hpp"
#include "format/utf8.hpp"
#include "format/visible.hpp"

namespace xylem::format {
namespace {

using record::Value;
using record::View;

constexpr std::size_t level_width = 8;  // of CRITICAL
constexpr std::string_view continued = "\n    ";

// Select Graphic Rendition, ECMA-48: only what every terminal has, in both light and dark.
constexpr std::string_view plain = "\x1b[0m";
constexpr std::string_view dim = "\x1b[2m";

std::string_view colour_of(int levelno) {
  if (levelno >= 50) return "\x1b[1;31m";
  if (levelno >= 40) return "\x1b[31m";
  if (levelno >= 30) return "\x1b[33m";
  if (levelno >= 20) return "\x1b[32m";
  return "\x1b[36m";
}

TimeLayout layout_of(std::string datefmt) {
  return {std::move(datefmt), "%H:%M:%S", "%s.%03d", false};
}

/// As it can be shown, and blanks up to a width.
std::string column(std::string_view text, std::size_t width) {
  std::string shown;
  append_visible(shown, text);
  const std::size_t taken = count_code_points(shown);
  if (taken < width) shown.append(width - taken, ' ');
  return shown;
}

std::string text_of(const Value& value) {
  return value.type == Value::Type::text ? std::string{value.text} : std::string{};
}

void append_block(std::string& out, const Value& text) {
  std::string_view lines = text.type == Value::Type::text ? text.text : std::string_view{};
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  if (lines.empty()) return;
  out += continued;
  append_visible(out, lines, continued);
}

}  // namespace

ConsoleFormatter::ConsoleFormatter(Options options)
    : options_{std::move(options)}, time_{layout_of(options_.datefmt)} {}

void ConsoleFormatter::append_coloured(std::string& out, std::string_view colour,
                                       std::string_view text) const {
  if (!options_.is_coloured) {
    out += text;
    return;
  }
  out += colour;
  out += text;
  out += plain;
}

void ConsoleFormatter::append_fields(std::string& out, const View& view) const {
  JsonMemberList fields;
  for_each_field(view, [&](std::string_view key, std::size_t index) { fields.set(key, index); });
  std::string_view separator = "  ";
  for (const JsonMember& field : fields.take()) {
    out += std::exchange(separator, " ");
    std::string pair;
    append_pair(pair, field.key, field_of(view, std::get<std::size_t>(field.value)));
    const std::size_t sign = pair.find('=') + 1;
    append_coloured(out, dim, std::string_view{pair}.substr(0, sign));
    out.append(pair, sign);
  }
}

void ConsoleFormatter::format(std::string& out, const View& view) {
  std::string scratch;
  append_coloured(out, dim, render_asctime(view, time_));
  out += ' ';
  const std::string level = text_of(read_attribute(Attribute::levelname, view, scratch));
  append_coloured(out, colour_of(view.levelno()), column(level, level_width));
  out += ' ';
  out += column(view.logger, options_.name_width);
  out += ' ';
  append_visible(out, render_message(view), continued);
  append_fields(out, view);
  append_block(out, read_exception(view));
  append_block(out, read_stack(view));
}

}  // namespace xylem::format
