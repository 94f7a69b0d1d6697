#include "config/styles.hpp"

#include "config/percent_style.hpp"
#include "config/python_text.hpp"
#include "format/brace_markup.hpp"
#include "format/dollar.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

/// Takes a text from its front, part by part, as the regular expressions of CPython's
/// StrFormatStyle do. None of their parts can begin with what an earlier one takes, so nothing is
/// ever tried twice.
class Matcher {
 public:
  explicit Matcher(std::string_view text) : rest_{text} {}

  /// `^(\d+|\w+)(\.\w+|\[[^]]+\])*$`
  bool field() {
    if (!word()) return false;
    while (!at_end()) {
      if (take(".") ? !word() : !brackets()) return false;
    }
    return true;
  }

  /// `^(.?[<>=^])?[+ -]?#?0?(\d+|{\w+})?[,_]?(\.(\d+|{\w+}))?[bcdefgnosx%]?$`, in either case
  bool spec() {
    fill_and_align();
    take("+ -");
    take("#");
    take("0");
    if (!number_or_field()) return false;
    take(",_");
    if (take(".") && (at_end() || !(is_digit() || rest_.front() == '{') || !number_or_field())) {
      return false;
    }
    take("bcdefgnosxBCDEFGNOSX%");
    return at_end();
  }

 private:
  /// Python's `$`: a line break may follow.
  bool at_end() const { return rest_.empty() || rest_ == "\n"; }

  bool is_digit() const { return rest_.front() >= '0' && rest_.front() <= '9'; }

  bool take(std::string_view set) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_word_character(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length > 0;
  }

  bool brackets() {
    if (!take("[")) return false;
    const std::size_t end = rest_.find(']');
    if (end == 0 || end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  void fill_and_align() {
    constexpr std::string_view aligns = "<>=^";
    if (rest_.empty()) return;
    const std::size_t length =
        format::decode_utf8(rest_.data(), rest_.data() + rest_.size()).length;
    const bool has_fill = rest_.front() != '\n' && length < rest_.size() &&
                          aligns.find(rest_[length]) != std::string_view::npos;
    if (has_fill) rest_.remove_prefix(length);
    take(aligns);
  }

  /// False only for braces that hold no name.
  bool number_or_field() {
    if (rest_.empty() || rest_.front() != '{') {
      while (take("0123456789")) {
      }
      return true;
    }
    rest_.remove_prefix(1);
    return word() && take("}");
  }

  std::string_view rest_;
};

std::optional<std::string> brace_fault(std::string_view format) {
  constexpr const char* invalid = "invalid format: ";
  bool has_field = false;
  try {
    format::BraceReader reader{format};
    while (const auto markup = reader.next()) {
      if (!markup->name.empty()) {
        if (!Matcher{markup->name}.field()) {
          return invalid + ("invalid field name/expression: " + python_repr(markup->name));
        }
        has_field = true;
      }
      const std::string_view conversion = markup->conversion;
      if (!conversion.empty() && conversion != "r" && conversion != "s" && conversion != "a") {
        return invalid + ("invalid conversion: " + python_repr(conversion));
      }
      if (!markup->spec.empty() && !Matcher{markup->spec}.spec()) {
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
