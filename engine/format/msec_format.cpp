#include "format/msec_format.hpp"

#include "record/value.hpp"

namespace xylem::format {
namespace {

constexpr std::size_t argument_count = 2;

}  // namespace

MsecFormat::MsecFormat(std::string_view pattern) : pieces_(1) {
  try {
    for (std::size_t at = 0; at < pattern.size();) {
      if (pattern[at] != '%') {
        pieces_.back().text += pattern[at++];
      } else if (pattern.substr(at).starts_with("%%")) {
        pieces_.back().text += '%';
        at += 2;
      } else if (pattern.substr(at).starts_with("%(")) {
        throw FormatError{"format requires a mapping"};
      } else {
        ++at;
        pieces_.back().conversion = parse_conversion(pattern, at);
        pieces_.emplace_back();
      }
    }
    if (pieces_.size() - 1 > argument_count) {
      throw FormatError{"not enough arguments for format string"};
    }
    if (pieces_.size() - 1 < argument_count) {
      throw FormatError{"not all arguments converted during string formatting"};
    }
  } catch (const FormatError& error) {
    fault_ = error.what();
  }
}

std::string MsecFormat::apply(std::string_view time, double msecs) const {
  using record::Value;
  if (!fault_.empty()) throw FormatError{fault_};
  std::string out = pieces_[0].text;
  apply_percent(out, pieces_[0].conversion, Value::of(time));
  out += pieces_[1].text;
  apply_percent(out, pieces_[1].conversion, Value::of(msecs));
  return out += pieces_[2].text;
}

}  // namespace xylem::format
