#include "format/brace_markup.hpp"

#include <algorithm>

#include "format/percent.hpp"
#include "format/utf8.hpp"

namespace xylem::format {

std::optional<BraceMarkup> BraceReader::next() {
  if (at_ >= format_.size()) return std::nullopt;
  BraceMarkup markup;
  const std::size_t found = format_.find_first_of("{}", at_);
  markup.text = format_.substr(at_, found - at_);
  if (found == std::string_view::npos) {
    at_ = format_.size();
    return markup;
  }
  const char brace = format_[found];
  at_ = found + 1;
  if (at_ < format_.size() && format_[at_] == brace) {
    markup.text += brace;
    ++at_;
  } else if (brace == '}') {
    throw FormatError{"Single '}' encountered in format string"};
  } else if (at_ >= format_.size()) {
    throw FormatError{"Single '{' encountered in format string"};
  } else {
    read_field(markup);
  }
  return markup;
}

/// At what follows the '{'.
void BraceReader::read_field(BraceMarkup& markup) {
  const std::size_t begin = at_;
  markup.has_field = true;
  char c = '\0';
  while (at_ < format_.size()) {
    c = format_[at_++];
    if (c == '{') throw FormatError{"unexpected '{' in field name"};
    if (c == '}' || c == ':' || c == '!') break;
    // Whatever stands in brackets is part of the name.
    if (c == '[') at_ = std::min(format_.find(']', at_), format_.size());
  }
  if (c != '}' && c != ':' && c != '!') {
    throw FormatError{"expected '}' before end of string"};
  }
  markup.name = format_.substr(begin, at_ - 1 - begin);
  if (c == '}') return;
  if (c == '!') {
    if (at_ >= format_.size()) {
      throw FormatError{"end of string while looking for conversion specifier"};
    }
    markup.conversion = take_code_point();
    if (at_ < format_.size()) {
      c = format_[at_++];
      if (c == '}') return;
      if (c != ':') throw FormatError{"expected ':' after conversion specifier"};
    }
  }
  read_spec(markup);
}

void BraceReader::read_spec(BraceMarkup& markup) {
  const std::size_t begin = at_;
  for (int depth = 1; at_ < format_.size();) {
    const char c = format_[at_++];
    if (c == '{') {
      markup.has_nested = true;
      ++depth;
    } else if (c == '}' && --depth == 0) {
      markup.spec = format_.substr(begin, at_ - 1 - begin);
      return;
    }
  }
  throw FormatError{"unmatched '{' in format spec"};
}

std::string_view BraceReader::take_code_point() {
  const char* const at = format_.data() + at_;
  const unsigned length = decode_utf8(at, format_.data() + format_.size()).length;
  at_ += length;
  return {at, length};
}

}  // namespace xylem::format
