#include "format/pattern.hpp"

#include "format/brace.hpp"
#include "format/dollar.hpp"

namespace xylem::format {

std::string_view default_pattern(PatternStyle style) {
  switch (style) {
    case PatternStyle::brace:
      return "{message}";
    case PatternStyle::dollar:
      return "${message}";
    case PatternStyle::percent:
      break;
  }
  return "%(message)s";
}

std::vector<PatternPiece> parse_pattern(PatternStyle style, std::string_view format) {
  switch (style) {
    case PatternStyle::brace:
      return parse_brace(format);
    case PatternStyle::dollar:
      return parse_dollar(format);
    case PatternStyle::percent:
      break;
  }
  return parse_percent(format);
}

}  // namespace xylem::format
