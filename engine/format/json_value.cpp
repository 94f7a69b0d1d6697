#include "format/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "format/escape.hpp"
#include "format/floating.hpp"
#include "format/utf8.hpp"

namespace xylem::format {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What a number beyond the range of doubles is: the conversion tells neither which end it has
/// left, nor does the C library's without looking at the locale.
double beyond_range(std::string_view number) {
  const bool negative = number.front() == '-';
  const std::size_t mark = number.find_first_of("eE");
  const std::string_view digits = number.substr(negative ? 1 : 0, mark - (negative ? 1 : 0));
  const std::size_t first = digits.find_first_of("123456789");
  const std::size_t point = std::min(digits.find('.'), digits.size());
  // The exponent's sign decides unless the mantissa alone has hundreds of digits.
  auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (mark != std::string_view::npos) {
    std::string_view power = number.substr(mark + 1);
    const bool down = power.front() == '-';
    if (!is_digit(power.front())) power.remove_prefix(1);
    std::int64_t value = 0;
    if (std::from_chars(power.data(), power.data() + power.size(), value).ec != std::errc()) {
      value = std::numeric_limits<std::int64_t>::max() / 2;
    }
    magnitude += down ? -value : value;
  }
  const double size = magnitude > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -size : size;
}

class Rewriter {
 public:
  Rewriter(std::string& out, std::string_view text, const JsonStyle& style)
      : out_(out), in_(text.data()), end_(text.data() + text.size()), style_(style) {}

  void run() {
    skip_space();
    value(0);
    skip_space();
    if (in_ != end_) fail();
  }

 private:
  /// A member's texts as they stand in the output.
  struct Member {
    std::size_t key;
    std::size_t key_end;
    std::size_t value;
    std::size_t value_end;
  };

  [[noreturn]] static void fail() { throw std::invalid_argument("not a JSON value"); }

  [[nodiscard]] char peek() const {
    if (in_ == end_) fail();
    return *in_;
  }

  void expect(char c) {
    if (peek() != c) fail();
    ++in_;
  }

  void skip_space() {
    while (in_ != end_ && (*in_ == ' ' || *in_ == '\n' || *in_ == '\t' || *in_ == '\r')) ++in_;
  }

  void value(int depth) {
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      case 'N':
        return non_number("NaN");
      case 'I':
        return non_number("Infinity");
      default:
        return number();
    }
  }

  void word(std::string_view expected) {
    if (!std::string_view(in_, end_).starts_with(expected)) fail();
    in_ += expected.size();
    out_ += expected;
  }

  void non_number(std::string_view expected) {
    if (style_.quotes_non_numbers) out_ += '"';
    word(expected);
    if (style_.quotes_non_numbers) out_ += '"';
  }

  /// Enters a container; true if it is empty and done with.
  bool open(int depth, char closing) {
    if (depth > max_json_depth) throw std::invalid_argument("JSON value nested too deeply");
    out_ += *in_++;
    skip_space();
    if (peek() != closing) return false;
    out_ += *in_++;
    return true;
  }

  /// Steps over what follows an item; true if another one comes.
  bool more(char closing) {
    skip_space();
    if (peek() == closing) {
      ++in_;
      return false;
    }
    expect(',');
    skip_space();
    return true;
  }

  void array(int depth) {
    if (open(depth, ']')) return;
    value(depth);
    while (more(']')) {
      out_ += style_.item_separator;
      value(depth);
    }
    out_ += ']';
  }

  void object(int depth) {
    const std::size_t start = out_.size();
    if (open(depth, '}')) return;
    const std::size_t outer_members = members_.size();
    while (true) {
      Member member{};
      member.key = out_.size();
      if (peek() != '"') fail();
      string();
      member.key_end = out_.size();
      skip_space();
      expect(':');
      skip_space();
      out_ += style_.key_separator;
      member.value = out_.size();
      value(depth);
      member.value_end = out_.size();
      members_.push_back(member);
      if (!more('}')) break;
      out_ += style_.item_separator;
    }
    out_ += '}';
    merge_equal_keys(start, outer_members);
    members_.resize(outer_members);
  }

  [[nodiscard]] std::string_view key_of(const Member& member) const {
    return std::string_view(out_).substr(member.key, member.key_end - member.key);
  }

  /// Looks for equal keys among the members from `first` on and, if there are any, writes the
  /// object that starts at `start` anew. Keys are compared as written, which is one spelling for
  /// each content.
  void merge_equal_keys(std::size_t start, std::size_t first) {
    const std::size_t count = members_.size() - first;
    if (count < 2) return;
    const Member* const members = members_.data() + first;
    // Sorted, because a hostile object may have a million members.
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return key_of(members[a]) < key_of(members[b]);
    });
    constexpr auto dropped = std::numeric_limits<std::size_t>::max();
    value_of_.resize(count);
    bool any = false;
    for (std::size_t i = 0; i < count;) {
      std::size_t next = i + 1;
      while (next < count && key_of(members[order_[next]]) == key_of(members[order_[i]])) {
        value_of_[order_[next++]] = dropped;
      }
      value_of_[order_[i]] = order_[next - 1];
      any = any || next > i + 1;
      i = next;
    }
    if (!any) return;

    std::string merged = "{";
    for (std::size_t i = 0; i < count; ++i) {
      if (value_of_[i] == dropped) continue;
      if (i > 0) merged += style_.item_separator;
      merged += key_of(members[i]);
      merged += style_.key_separator;
      const Member& winner = members[value_of_[i]];
      merged.append(out_, winner.value, winner.value_end - winner.value);
    }
    merged += '}';
    out_.replace(start, std::string::npos, merged);
  }

  void number() {
    const char* const start = in_;
    if (peek() == '-') ++in_;
    if (peek() == 'I' && in_ != start) {
      in_ = start;
      return non_number("-Infinity");
    }
    const char* const digits = in_;
    step_over_digits();
    if (*digits == '0' && in_ - digits > 1) fail();
    bool integral = true;
    if (in_ != end_ && *in_ == '.') {
      integral = false;
      ++in_;
      step_over_digits();
    }
    if (in_ != end_ && (*in_ == 'e' || *in_ == 'E')) {
      integral = false;
      ++in_;
      if (peek() == '+' || peek() == '-') ++in_;
      step_over_digits();
    }
    const std::string_view text(start, in_);
    if (integral) {
      out_ += text == "-0" ? "0" : text;
    } else {
      floating(text);
    }
  }

  void step_over_digits() {
    if (!is_digit(peek())) fail();
    while (in_ != end_ && is_digit(*in_)) ++in_;
  }

  void floating(std::string_view text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc::result_out_of_range) value = beyond_range(text);
    char buffer[max_floating_bytes + 64];
    out_.append(buffer, style_.quotes_non_numbers ? write_json_number(buffer, value)
                                                  : write_repr(buffer, value));
  }

  void string() {
    const char* const start = ++in_;
    while (peek() != '"' && *in_ != '\\') ++in_;
    out_ += '"';
    if (*in_ == '"') {
      escaped(std::string_view(start, in_));
    } else {
      unescaped_.assign(start, in_);
      while (peek() != '"') {
        if (*in_ == '\\') {
          ++in_;
          escape_sequence();
        } else {
          unescaped_ += *in_++;
        }
      }
      escaped(unescaped_);
    }
    ++in_;
    out_ += '"';
  }

  void escape_sequence() {
    const char letter = peek();
    ++in_;
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (letter != 'u') {
      const std::size_t index = letters.find(letter);
      if (index == std::string_view::npos) fail();
      unescaped_ += meanings[index];
      return;
    }
    std::uint32_t unit = code_unit();
    if (unit >= 0xd800 && unit < 0xdc00) {
      if (const auto low = following_low_surrogate()) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (*low - 0xdc00);
      }
    }
    if (unit >= 0xd800 && unit < 0xe000) unit = 0xfffd;
    char bytes[4];
    unescaped_.append(bytes, encode_utf8(bytes, unit));
  }

  std::uint32_t code_unit() {
    std::uint32_t unit = 0;
    if (end_ - in_ < 4) fail();
    const auto result = std::from_chars(in_, in_ + 4, unit, 16);
    if (result.ec != std::errc() || result.ptr != in_ + 4) fail();
    in_ += 4;
    return unit;
  }

  /// Takes a `\uXXXX` that is a low surrogate, or nothing.
  std::optional<std::uint32_t> following_low_surrogate() {
    if (end_ - in_ < 2 || in_[0] != '\\' || in_[1] != 'u') return std::nullopt;
    const char* const back = in_;
    in_ += 2;
    const std::uint32_t unit = code_unit();
    if (unit >= 0xdc00 && unit < 0xe000) return unit;
    in_ = back;
    return std::nullopt;
  }

  /// Appends a piece of a string, escaped. In chunks, because the bound for the whole would be six
  /// times a long string; none ends within a character.
  void escaped(std::string_view text) {
    constexpr std::size_t chunk_bytes = 1024;
    char buffer[max_escaped_bytes(chunk_bytes) + 64];
    while (!text.empty()) {
      std::size_t size = std::min(text.size(), chunk_bytes);
      for (int i = 0; i < 3 && size < text.size() && is_continuation(text[size]); ++i) --size;
      const std::string_view chunk = text.substr(0, size);
      out_.append(buffer,
                  style_.ensure_ascii ? escape_ascii(buffer, chunk) : escape_utf8(buffer, chunk));
      text.remove_prefix(size);
    }
  }

  static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

  std::string& out_;
  const char* in_;
  const char* end_;
  const JsonStyle& style_;
  std::vector<Member> members_;  ///< Of all the objects that are open, outer ones first.
  std::string unescaped_;
  std::vector<std::size_t> order_;     ///< The members' numbers by key, for merge_equal_keys.
  std::vector<std::size_t> value_of_;  ///< For each member the one whose value it gets.
};

}  // namespace

void rewrite_json(std::string& out, std::string_view value, const JsonStyle& style) {
  const std::size_t size = out.size();
  try {
    Rewriter(out, value, style).run();
  } catch (...) {
    out.resize(size);
    throw;
  }
}

}  // namespace xylem::format
