#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "record/value.hpp"

/// Python's `%` formatting of a mapping, as logging.Formatter uses it, and what it shares with the
/// other styles.
namespace xylem::format {

/// A record that a formatter cannot format; the message is CPython's.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `%(lineno)-5.3d`: flags `-5.3d` of a conversion.
struct Conversion {
  bool alternate = false;    // #
  bool zero_padded = false;  // 0
  bool left = false;         // -
  bool blank = false;        // ' '
  bool plus = false;         // +
  int width = 0;
  int precision = -1;  // none
  char type = 's';

  /// `%(x)s` as it stands.
  bool is_plain() const { return type == 's' && width == 0 && precision < 0; }

  /// Shows an integer as its digits: `%(x)s`, `%(x)d`.
  bool is_plain_integer() const {
    const bool is_decimal = type == 'd' || type == 'i' || type == 'u';
    return is_plain() || (is_decimal && width == 0 && precision < 0 && !plus && !blank);
  }
};

struct BraceField;

/// A piece of a pattern: constant text, then the attribute `name` unless that is empty.
struct PatternPiece {
  std::string text;
  std::string name;
  Conversion conversion;
  std::shared_ptr<const BraceField> brace{};  // set: what counts instead of the conversion
};

/// Widths and precisions beyond this are refused: a typing error must not fill the memory.
inline constexpr int max_width = 1 << 20;

/// Reads the flags, width, precision and type that begin at format[at], behind `%` or `%(name)`,
/// and moves `at` behind them. Throws FormatError as parse_percent().
Conversion parse_conversion(std::string_view format, std::size_t& at);

/// CPython's words for a name that no mapping has.
FormatError missing_field(std::string_view name);

/// Throws FormatError for what Python's `%` would raise on a mapping.
std::vector<PatternPiece> parse_percent(std::string_view format);

/// Appends `value` as `conversion` says. Width and precision of text count code points. Throws
/// FormatError for a value that the conversion does not take.
void apply_percent(std::string& out, const Conversion& conversion, const record::Value& value);

}  // namespace xylem::format
