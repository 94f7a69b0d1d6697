#include "config/styles.hpp"

#include <cstddef>

#include "config/pattern_reader.hpp"
#include "config/percent_style.hpp"
#include "config/python_text.hpp"
#include "format/brace_markup.hpp"
#include "format/dollar.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

bool brackets(PatternReader& reader) noexcept {
  if (!reader.take("[")) return false;
  const std::size_t end = reader.rest().find(']');
  if (end == 0 || end == std::string_view::npos) return false;
  reader.skip(end + 1);
  return true;
}

/// StrFormatStyle's `^(\d+|\w+)(\.\w+|\[[^]]+\])*$`
bool is_field(std::string_view text) noexcept {
  PatternReader reader{text};
  if (!reader.word()) return false;
  while (!reader.at_end()) {
    if (reader.take(".") ? !reader.word() : !brackets(reader)) return false;
  }
  return true;
}

void fill_and_align(PatternReader& reader) noexcept {
  constexpr std::string_view aligns = "<>=^";
  const std::string_view rest = reader.rest();
  if (rest.empty()) return;
  const std::size_t length = format::decode_utf8(rest.data(), rest.data() + rest.size()).length;
  const bool has_fill = rest.front() != '\n' && length < rest.size() &&
                        aligns.find(rest[length]) != std::string_view::npos;
  if (has_fill) reader.skip(length);
  reader.take(aligns);
}

enum class Found { nothing, whole, broken };

/// `\d+|{\w+}`
Found number_or_field(PatternReader& reader) noexcept {
  if (reader.number()) return Found::whole;
  if (!reader.take("{")) return Found::nothing;
  return reader.word() && reader.take("}") ? Found::whole : Found::broken;
}

/// Its `^(.?[<>=^])?[+ -]?#?0?(\d+|{\w+})?[,_]?(\.(\d+|{\w+}))?[bcdefgnosx%]?$`, in either case
bool is_spec(std::string_view text) noexcept {
  PatternReader reader{text};
  fill_and_align(reader);
  reader.take("+ -");
  reader.take("#");
  reader.take("0");
  if (number_or_field(reader) == Found::broken) return false;
  reader.take(",_");
  if (reader.take(".") && number_or_field(reader) != Found::whole) return false;
  reader.take("bcdefgnosxBCDEFGNOSX%");
  return reader.at_end();
}

std::optional<std::string> brace_fault(std::string_view format) {
  constexpr const char* invalid = "invalid format: ";
  bool has_field = false;
  try {
    format::BraceReader reader{format};
    while (const auto markup = reader.next()) {
      if (!markup->name.empty()) {
        if (!is_field(markup->name)) {
          return invalid + ("invalid field name/expression: " + python_repr(markup->name));
        }
        has_field = true;
      }
      const std::string_view conversion = markup->conversion;
      if (!conversion.empty() && conversion != "r" && conversion != "s" && conversion != "a") {
        return invalid + ("invalid conversion: " + python_repr(conversion));
      }
      if (!markup->spec.empty() && !is_spec(markup->spec)) {
        return invalid + ("bad specifier: " + python_repr(markup->spec));
      }
    }
  } catch (const format::FormatError& error) {
    return std::string{invalid} + error.what();
  }
  if (!has_field) return "invalid format: no fields";
  return std::nullopt;
}

std::optional<std::string> dollar_fault(std::string_view format) {
  using Kind = format::DollarMarkup::Kind;
  bool has_field = false;
  format::DollarReader reader{format};
  while (const auto markup = reader.next()) {
    if (markup->kind == Kind::bare) return "invalid format: bare '$' not allowed";
    has_field = has_field || markup->kind == Kind::field;
  }
  if (!has_field) return "invalid format: no fields";
  return std::nullopt;
}

}  // namespace

std::optional<format::PatternStyle> find_style(std::string_view text) noexcept {
  using format::PatternStyle;
  if (text == "%") return PatternStyle::percent;
  if (text == "{") return PatternStyle::brace;
  if (text == "$") return PatternStyle::dollar;
  return std::nullopt;
}

std::optional<std::string> style_fault(format::PatternStyle style, std::string_view format) {
  if (style == format::PatternStyle::brace) return brace_fault(format);
  if (style == format::PatternStyle::dollar) return dollar_fault(format);
  if (has_percent_conversion(format)) return std::nullopt;
  return "Invalid format '" + std::string{format} + "' for '%' style";
}

}  // namespace xylem::config
