#include "format/dollar.hpp"

#include <string>
#include <utility>

#include "format/utf8.hpp"

namespace xylem::format {
namespace {

bool begins_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view leading_name(std::string_view text) {
  if (text.empty() || !begins_name(text.front())) return {};
  std::size_t end = 1;
  while (end < text.size() && (begins_name(text[end]) || (text[end] >= '0' && text[end] <= '9'))) {
    ++end;
  }
  return text.substr(0, end);
}

/// Where the last line of the text begins, as str.splitlines() counts, and how many come before it.
std::pair<std::size_t, std::size_t> last_line(std::string_view text) {
  std::size_t begin = 0;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Unit unit = decode_utf8(text.data() + at, text.data() + text.size());
    const std::uint32_t c = unit.code_point;
    at += unit.length;
    const bool is_return = c == '\r';
    const bool is_break = (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
                          c == 0x2028 || c == 0x2029;
    if (!is_break) continue;
    if (is_return && at < text.size() && text[at] == '\n') ++at;
    begin = at;
    ++lines;
  }
  return {begin, lines};
}

}  // namespace

std::optional<DollarMarkup> DollarReader::next() {
  const std::size_t found = format_.find('$', at_);
  if (found == std::string_view::npos) return std::nullopt;
  DollarMarkup markup{DollarMarkup::Kind::bare, format_.substr(at_, found - at_), {}};
  at_ = found + 1;
  std::string_view after = format_.substr(at_);
  if (after.starts_with('$')) {
    markup.kind = DollarMarkup::Kind::escaped;
    ++at_;
    return markup;
  }
  const bool is_braced = after.starts_with('{');
  if (is_braced) after.remove_prefix(1);
  markup.name = leading_name(after);
  const bool is_closed = !is_braced || after.substr(markup.name.size()).starts_with('}');
  if (markup.name.empty() || !is_closed) return markup;
  markup.kind = DollarMarkup::Kind::field;
  at_ += markup.name.size() + (is_braced ? 2 : 0);
  return markup;
}

std::vector<PatternPiece> parse_dollar(std::string_view format) {
  std::vector<PatternPiece> pieces;
  std::string text;
  DollarReader reader{format};
  while (const auto markup = reader.next()) {
    text += markup->text;
    if (markup->kind == DollarMarkup::Kind::escaped) {
      text += '$';
    } else if (markup->kind == DollarMarkup::Kind::field) {
      pieces.push_back({std::exchange(text, {}), std::string{markup->name}, {}});
    } else {
      const std::string_view before = format.substr(0, reader.at());
      const auto [begin, lines] = last_line(before.substr(0, before.size() - 1));
      throw FormatError{"Invalid placeholder in string: line " + std::to_string(lines + 1) +
                        ", col " + std::to_string(count_code_points(before.substr(begin)))};
    }
  }
  text += reader.rest();
  pieces.push_back({std::move(text), {}, {}});
  return pieces;
}

}  // namespace xylem::format
