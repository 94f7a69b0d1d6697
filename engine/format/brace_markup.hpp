#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The outer syntax of str.format(): text, `{{`, `}}`, and fields of name, conversion and
/// specifier.
namespace xylem::format {

/// `text{name!conversion:spec}`.
struct BraceMarkup {
  std::string text;
  bool has_field = false;
  std::string_view name;        // with all that follows it: `user[0].id`
  std::string_view conversion;  // one code point, or empty
  std::string_view spec;        // what stands between ':' and '}'
  bool has_nested = false;      // there is a '{' in the specifier
};

/// Reads a format from left to right, as Python's string.Formatter().parse() does. The format
/// outlives it.
class BraceReader {
 public:
  explicit BraceReader(std::string_view format) : format_{format} {}

  /// The next piece, nothing at the end. Throws FormatError, with Python's message, for the
  /// first thing that is wrong.
  std::optional<BraceMarkup> next();

 private:
  void read_field(BraceMarkup& markup);
  void read_spec(BraceMarkup& markup);
  std::string_view take_code_point();

  std::string_view format_;
  std::size_t at_ = 0;
};

}  // namespace xylem::format
