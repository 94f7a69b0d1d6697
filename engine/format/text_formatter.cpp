#include "format/text_formatter.hpp"

#include <algorithm>

#include "format/attribute.hpp"
#include "format/message.hpp"
#include "format/python_text.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Value;
using record::View;

/// Appends the text on a line of its own: a new line before it unless one has just begun.
void append_block(std::string& out, std::size_t begin, const Value& text) {
  if (text.type != Value::Type::text || text.text.empty()) return;
  if (out.size() == begin || out.back() != '\n') out += '\n';
  out += text.text;
}

bool has_field(const record::Site& site, std::string_view name) {
  return std::any_of(site.arguments.begin(), site.arguments.end(), [name](const auto& argument) {
    return argument.is_field && argument.key == name;
  });
}

/// The field of that name, which the site has; of several the last.
Value read_field(const View& view, std::string_view name) {
  const auto& arguments = view.site->arguments;
  std::vector<const char*> starts(arguments.size());
  record::find_tails(*view.site, view.payload, starts.data());
  Value value;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].is_field && arguments[i].key == name) {
      value = record::read_argument(arguments[i], view.payload, starts[i]);
    }
  }
  return value;
}

bool is_exception(const record::Argument& argument) {
  return argument.kind == record::Kind::exception;
}

}  // namespace

TextFormatter::TextFormatter(Options options)
    : options_{std::move(options)}, asctime_{options_.datefmt} {
  for (Default& value : options_.defaults) {
    if (value.value.type == Value::Type::text) value.value.text = value.text;
  }
  try {
    for (PatternPiece& piece : parse_percent(options_.format)) {
      const auto attribute = find_attribute(piece.name);
      // The time stamp is the JSON formatters' own; in Python's patterns it is a field like others.
      const bool known = attribute && *attribute != Attribute::timestamp;
      pieces_.push_back({std::move(piece), known ? attribute : std::nullopt});
    }
  } catch (const FormatError& error) {
    pattern_error_ = error.what();
  }
}

Program TextFormatter::compile(const record::Site& site, std::string_view logger,
                               std::string_view terminator) {
  if (!pattern_error_.empty()) throw FormatError{pattern_error_};
  const View sample{&site, logger, nullptr, 0, nullptr, nullptr};
  ProgramBuilder builder{site, TextStyle::raw, clock_};
  for (const Piece& piece : pieces_) {
    builder.text(piece.source.text);
    if (!piece.source.name.empty()) compile_piece(builder, piece, sample);
  }
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (!is_exception(site.arguments[i])) continue;
    builder.hole(Program::Hole::line_break);
    builder.argument_text(i);
  }
  builder.text(terminator);
  return builder.finish();
}

void TextFormatter::compile_piece(ProgramBuilder& builder, const Piece& piece, const View& sample) {
  const bool plain = piece.source.conversion.is_plain();
  if (plain && piece.attribute == Attribute::message) return builder.message();
  if (plain && piece.attribute == Attribute::thread_name) {
    return builder.hole(Program::Hole::thread_name);
  }
  std::string constant;
  if (piece.attribute ? is_static(*piece.attribute) : find_default(piece, sample) != nullptr) {
    apply(constant, piece, sample);
    return builder.text(constant);
  }
  builder.scratch([this, &piece](fmt::memory_buffer& out, const View& view) {
    std::string text;
    apply(text, piece, view);
    out.append(text);
  });
}

/// The default that stands in for the piece's field; null when the record has the field. Throws
/// FormatError for a name that nothing bears.
const TextFormatter::Default* TextFormatter::find_default(const Piece& piece,
                                                          const View& view) const {
  const std::string& name = piece.source.name;
  if (view.foreign != nullptr ? view.foreign->find(name) != nullptr : has_field(*view.site, name)) {
    return nullptr;
  }
  for (const Default& candidate : options_.defaults) {
    if (candidate.name == name) return &candidate;
  }
  throw FormatError{"Formatting field not found in record: '" + name + "'"};
}

Value TextFormatter::read(const Piece& piece, const View& view, std::string& scratch) {
  if (piece.attribute == Attribute::asctime) return Value::of(render_asctime(view, asctime_));
  if (piece.attribute) return read_any(*piece.attribute, view, scratch);
  if (const Default* const stand_in = find_default(piece, view)) return stand_in->value;
  const std::string& name = piece.source.name;
  if (view.foreign != nullptr) return value_of_json(view.foreign->find(name)->json, scratch);
  return read_field(view, name);
}

void TextFormatter::apply(std::string& out, const Piece& piece, const View& view) {
  std::string scratch;
  apply_percent(out, piece.source.conversion, read(piece, view, scratch));
}

void TextFormatter::format(std::string& out, const View& view) {
  if (!pattern_error_.empty()) throw FormatError{pattern_error_};
  const std::size_t begin = out.size();
  for (const Piece& piece : pieces_) {
    out += piece.source.text;
    if (!piece.source.name.empty()) apply(out, piece, view);
  }
  append_block(out, begin, read_exception(view));
  append_block(out, begin, read_stack(view));
}

}  // namespace xylem::format
