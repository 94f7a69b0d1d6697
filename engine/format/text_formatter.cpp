#include "format/text_formatter.hpp"

#include <algorithm>
#include <memory>

#include "format/attribute.hpp"
#include "format/brace.hpp"
#include "format/message.hpp"
#include "format/python_text.hpp"
#include "format/tree_json.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Site;
using record::Value;
using record::View;

/// Appends the text on a line of its own: a new line before it unless one has just begun.
void append_block(std::string& out, std::size_t begin, const Value& text) {
  if (text.type != Value::Type::text || text.text.empty()) return;
  if (out.size() == begin || out.back() != '\n') out += '\n';
  out += text.text;
}

/// The attribute that a pattern means. The time stamp is the JSON formatters' own; in Python's
/// patterns it is a field like others.
std::optional<Attribute> find_pattern_attribute(std::string_view name) {
  const auto attribute = find_attribute(name);
  return attribute == Attribute::timestamp ? std::nullopt : attribute;
}

/// The field of that name; of several the last.
std::optional<std::size_t> find_field(const Site& site, std::string_view name) {
  for (std::size_t i = site.arguments.size(); i > 0; --i) {
    const record::Argument& argument = site.arguments[i - 1];
    if (argument.is_field && argument.key == name) return i - 1;
  }
  return std::nullopt;
}

/// Whether Python shows a value of that kind as a message does.
bool is_shown_alike(record::Kind kind, bool as_text) {
  switch (kind) {
    case record::Kind::int64:
    case record::Kind::uint64:
    case record::Kind::int32:
    case record::Kind::uint32:
      return true;
    case record::Kind::character:
    case record::Kind::string:
    case record::Kind::rendered:
      return as_text;
    default:
      return false;
  }
}

/// The field of that name, which the site has.
Value read_field(const View& view, std::string_view name) {
  return record::read_value(view, find_field(*view.site, name).value());
}

}  // namespace

TextFormatter::TextFormatter(Options options)
    : options_{std::move(options)},
      clock_{TimeLayout{options_.datefmt, options_.default_time_format,
                        options_.default_msec_format, options_.is_utc}} {
  for (Default& value : options_.defaults) {
    const bool has_text =
        value.value.type == Value::Type::text || value.value.type == Value::Type::json;
    if (has_text) value.value.text = value.text;
  }
  try {
    for (PatternPiece& piece : parse_pattern(options_.style, options_.format)) {
      const auto attribute = find_pattern_attribute(piece.name);
      pieces_.push_back({std::move(piece), attribute});
    }
  } catch (const FormatError& error) {
    pattern_error_ = error.what();
  }
}

Program TextFormatter::compile(const Site& site, std::string_view logger,
                               std::string_view terminator) {
  if (!pattern_error_.empty()) throw FormatError{pattern_error_};
  const View sample{&site, logger, nullptr, 0, nullptr, nullptr};
  ProgramBuilder builder{site, TextStyle::raw, clock_};
  for (const Piece& piece : pieces_) {
    builder.text(piece.source.text);
    if (!piece.source.name.empty()) compile_piece(builder, piece, sample);
  }
  for (const record::Kind kind : {record::Kind::exception, record::Kind::stack}) {
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
      if (site.arguments[i].kind != kind) continue;
      builder.hole(Program::Hole::line_break);
      builder.argument_text(i);
      break;
    }
  }
  builder.text(terminator);
  return builder.finish();
}

/// The same for every record of the site: an attribute that is, or a default.
bool TextFormatter::is_constant(const Piece& piece, const View& sample) const {
  if (piece.source.brace != nullptr && !piece.source.brace->nested.empty()) return false;
  if (piece.attribute) return is_static(*piece.attribute);
  return find_default(piece.source.name, sample) != nullptr;
}

/// Compiles what a step can show; false for anything else.
bool TextFormatter::compile_plain(ProgramBuilder& builder, const Piece& piece, const Site& site) {
  const Conversion& conversion = piece.source.conversion;
  if (piece.source.brace != nullptr || !conversion.is_plain_integer()) return false;
  const bool is_plain = conversion.is_plain();
  if (is_plain && piece.attribute == Attribute::message) return builder.message(), true;
  if (is_plain && piece.attribute == Attribute::thread_name) {
    return builder.hole(Program::Hole::thread_name), true;
  }
  if (is_plain && piece.attribute == Attribute::asctime) {
    const std::optional<std::size_t> most_bytes = clock_.local.most_bytes();
    if (most_bytes) builder.local_time(*most_bytes);
    return most_bytes.has_value();
  }
  if (piece.attribute == Attribute::thread) return builder.hole(Program::Hole::thread_id), true;
  if (piece.attribute) return false;
  const std::optional<std::size_t> field = find_field(site, piece.source.name);
  if (!field || !is_shown_alike(site.arguments[*field].kind, is_plain)) return false;
  return builder.argument_text(*field), true;
}

void TextFormatter::compile_piece(ProgramBuilder& builder, const Piece& piece, const View& sample) {
  if (compile_plain(builder, piece, *sample.site)) return;
  if (is_constant(piece, sample)) {
    std::string constant;
    apply(constant, piece, sample);
    return builder.text(constant);
  }
  if (piece.attribute == Attribute::message) {
    // Shared because a std::function must be copyable.
    auto message = std::make_shared<Message>(*sample.site);
    return builder.scratch([this, &piece, message](fmt::memory_buffer& out, const View& view) {
      std::string whole;
      message->append(whole, view);
      std::string text;
      show(text, piece, Value::of(std::string_view{whole}), view);
      out.append(text);
    });
  }
  builder.scratch([this, &piece](fmt::memory_buffer& out, const View& view) {
    std::string text;
    apply(text, piece, view);
    out.append(text);
  });
}

/// The default that stands in for a field; null when the record has the field. Throws FormatError
/// for a name that nothing bears.
const TextFormatter::Default* TextFormatter::find_default(const std::string& name,
                                                          const View& view) const {
  if (view.foreign != nullptr ? view.foreign->find(name) != nullptr
                              : find_field(*view.site, name).has_value()) {
    return nullptr;
  }
  for (const Default& candidate : options_.defaults) {
    if (candidate.name == name) return &candidate;
  }
  throw missing_field(name);
}

Value TextFormatter::read(const std::string& name, std::optional<Attribute> attribute,
                          const View& view, std::string& scratch) {
  if (attribute == Attribute::asctime) return Value::of(render_asctime(view, clock_.local));
  if (attribute) return read_any(*attribute, view, scratch);
  if (const Default* const stand_in = find_default(name, view)) return stand_in->value;
  if (view.foreign != nullptr) return value_of_json(view.foreign->find(name)->json, scratch);
  const Value value = read_field(view, name);
  if (value.type == Value::Type::structured) return value_of_tree(value.text, scratch);
  return value.type == Value::Type::json ? value_of_json(value.text, scratch) : value;
}

void TextFormatter::apply(std::string& out, const Piece& piece, const View& view) {
  std::string scratch;
  show(out, piece, read(piece.source.name, piece.attribute, view, scratch), view);
}

/// The piece's value by its conversion or specifier.
void TextFormatter::show(std::string& out, const Piece& piece, const Value& value,
                         const View& view) {
  const PatternPiece& source = piece.source;
  if (source.brace == nullptr) return apply_percent(out, source.conversion, value);
  apply_brace(out, *source.brace, value, [&](const std::string& name, std::string& text) {
    return read(name, find_pattern_attribute(name), view, text);
  });
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
