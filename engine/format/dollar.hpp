#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "format/percent.hpp"

/// Python's string.Template, as logging.Formatter uses it for the style `$`.
namespace xylem::format {

/// One placeholder of a template: `$name`, `${name}`, `$$`, or a '$' that begins none of these.
struct DollarMarkup {
  enum class Kind { field, escaped, bare };

  Kind kind;
  std::string_view text;  // what stands before it
  std::string_view name;  // of a field
};

/// Reads a template from left to right. The template outlives it.
class DollarReader {
 public:
  explicit DollarReader(std::string_view format) : format_{format} {}

  /// The next placeholder, nothing when there is no other.
  std::optional<DollarMarkup> next();

  /// What follows the last placeholder.
  std::string_view rest() const { return format_.substr(at_); }

  /// The place behind the last placeholder.
  std::size_t at() const { return at_; }

 private:
  std::string_view format_;
  std::size_t at_ = 0;
};

/// Takes a template apart. Throws FormatError, as Template.substitute(), for a bare '$'.
std::vector<PatternPiece> parse_dollar(std::string_view format);

}  // namespace xylem::format
