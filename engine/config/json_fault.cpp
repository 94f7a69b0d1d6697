#include "config/json_fault.hpp"

#include <algorithm>
#include <utility>

#include "config/json_number.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

/// A recursive descent over the text in the order in which CPython's Modules/_json.c looks at it,
/// because the first thing missed decides the message.
class FaultFinder {
 public:
  explicit FaultFinder(std::string_view text) : text_(text) {}

  void run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
      fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
    }
    check_utf8();
    skip_space();
    value();
    skip_space();
    if (at_ < text_.size()) fail("Extra data", at_);
  }

 private:
  [[noreturn]] static void fail(std::string message, std::size_t offset) {
    throw JsonFault{std::move(message), offset};
  }

  bool on(char wanted) const { return at_ < text_.size() && text_[at_] == wanted; }

  void skip_space() {
    while (on(' ') || on('\n') || on('\r') || on('\t')) ++at_;
  }

  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  void value() {
    if (on('"')) return string();
    if (on('{')) return object();
    if (on('[')) return list();
    if (take_word("null") || take_word("true") || take_word("false")) return;
    const std::size_t length = number_length(text_.substr(at_));
    if (length == 0) fail("Expecting value", at_);
    if (!parse_number(text_.substr(at_, length))) fail("Number out of range", at_);
    at_ += length;
  }

  void enter() {
    if (++depth_ > max_depth) {
      fail("Nested deeper than " + std::to_string(max_depth) + " levels", at_);
    }
    ++at_;
    skip_space();
  }

  void leave() {
    --depth_;
    ++at_;
  }

  /// Past a comma, or onto the bracket that ends the container.
  void next_item(char end, std::string_view kind) {
    skip_space();
    if (on(end)) return;
    if (!on(',')) fail("Expecting ',' delimiter", at_);
    const std::size_t comma = at_++;
    skip_space();
    if (on(end)) fail("Illegal trailing comma before end of " + std::string(kind), comma);
  }

  void object() {
    enter();
    while (!on('}')) {
      if (!on('"')) fail("Expecting property name enclosed in double quotes", at_);
      string();
      skip_space();
      if (!on(':')) fail("Expecting ':' delimiter", at_);
      ++at_;
      skip_space();
      value();
      next_item('}', "object");
    }
    leave();
  }

  void list() {
    enter();
    while (!on(']')) {
      value();
      next_item(']', "array");
    }
    leave();
  }

  void string() {
    const std::size_t begin = at_++;
    while (true) {
      if (at_ >= text_.size()) fail("Unterminated string starting at", begin);
      const char character = text_[at_];
      if (character == '"') break;
      if (static_cast<unsigned char>(character) < 0x20) fail("Invalid control character at", at_);
      if (character == '\\') {
        escape(begin);
      } else {
        ++at_;
      }
    }
    ++at_;
  }

  void escape(std::size_t begin) {
    const std::size_t backslash = at_++;
    if (at_ >= text_.size()) fail("Unterminated string starting at", begin);
    if (!on('u')) {
      if (std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos) {
        fail("Invalid \\escape", backslash);
      }
      ++at_;
      return;
    }
    const unsigned unit = code_unit(backslash);
    if (unit < 0xD800 || unit > 0xDFFF) return;
    // Python keeps half a surrogate pair; no UTF-8 text can.
    const std::size_t second = at_;
    const bool paired = unit < 0xDC00 && take_word("\\u");
    at_ = second;
    if (!paired) fail("Lone surrogate in string", backslash);
    ++at_;
    const unsigned low = code_unit(second);
    if (low < 0xDC00 || low > 0xDFFF) fail("Lone surrogate in string", backslash);
  }

  /// From the 'u' on, past the four hexadecimal digits.
  unsigned code_unit(std::size_t backslash) {
    ++at_;
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char digit = at_ < text_.size() ? text_[at_] : '\0';
      const auto nibble = std::string_view("0123456789abcdef").find(lower(digit));
      if (nibble == std::string_view::npos) fail("Invalid \\uXXXX escape", backslash + 1);
      unit = unit * 16 + static_cast<unsigned>(nibble);
    }
    return unit;
  }

  static char lower(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; }

  void check_utf8() const {
    const char* const end = text_.data() + text_.size();
    for (const char* at = text_.data(); at < end;) {
      const format::Utf8Unit unit = format::decode_utf8(at, end);
      if (!unit.valid) fail("Invalid UTF-8", static_cast<std::size_t>(at - text_.data()));
      at += unit.length;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) {
  try {
    FaultFinder(text).run();
  } catch (const JsonFault& fault) {
    return fault;
  }
  return std::nullopt;
}

std::string describe_fault(const JsonFault& fault, std::string_view text) {
  const std::string_view before = text.substr(0, fault.offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t column = 1 + format::count_code_points(before.substr(line_start));
  return fault.message + ": line " + std::to_string(line) + " column " + std::to_string(column) +
         " (char " + std::to_string(format::count_code_points(before)) + ")";
}

}  // namespace xylem::config
