#include "config/cfg_reference.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "config/python_text.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

/// Steps of one reference and of all it leads through: an end to those that lead to themselves.
constexpr int most_steps = 1000;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

/// Beyond ASCII nearly everything that names are made of is a letter.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Takes what `belongs` from the front of the text.
template <typename Belongs>
std::string_view take(std::string_view& text, Belongs belongs) {
  const auto end = std::find_if_not(text.begin(), text.end(), belongs);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

/// The word at the front and the blanks around it; none, and the text as it was, without a word.
std::optional<std::string_view> take_word(std::string_view& text) {
  std::string_view rest = text;
  take(rest, is_blank);
  const std::string_view word = take(rest, is_word);
  if (word.empty()) return std::nullopt;
  take(rest, is_blank);
  text = rest;
  return word;
}

/// What stands between brackets at the front.
std::optional<std::string_view> take_index(std::string_view& text) {
  if (text.empty() || text.front() != '[') return std::nullopt;
  const std::size_t end = text.find_first_of("[]", 1);
  if (end == std::string_view::npos || text[end] != ']') return std::nullopt;
  const std::string_view index = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  take(text, is_blank);
  return index;
}

/// One reference on its way.
class Walk {
 public:
  Walk(const Cursor& start, std::string_view reference, int& steps)
      : start_(start), reference_(reference), steps_(steps) {}

  Cursor run() {
    std::string_view rest = reference_;
    const auto first = take_word(rest);
    if (!first) start_.fail("Unable to convert " + python_repr(reference_));
    Cursor place = by_key(start_.top(), *first);
    while (!rest.empty()) {
      std::string_view after_dot = rest.substr(1);
      if (const auto word = rest.front() == '.' ? take_word(after_dot) : std::nullopt) {
        place = by_key(place, *word);
        rest = after_dot;
      } else if (const auto index = take_index(rest)) {
        place = is_number(*index) ? by_number(place, *index) : by_key(place, *index);
      } else {
        start_.fail("Unable to convert " + python_repr(reference_) + " at " + python_repr(rest));
      }
    }
    return place;
  }

 private:
  static bool is_number(std::string_view index) {
    return !index.empty() &&
           std::all_of(index.begin(), index.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  [[noreturn]] void fail(const std::string& why) const {
    start_.fail("Unable to convert " + python_repr(reference_) + ": " + why);
  }

  [[noreturn]] void fail_to_subscribe(const Value& value) const {
    fail("'" + std::string(python_type(value)) + "' object is not subscriptable");
  }

  Cursor by_key(const Cursor& place, std::string_view key) const {
    const Value& value = place.value();
    if (value.get_if<List>()) fail("list indices must be integers or slices, not str");
    if (value.get_if<std::string>()) fail("string indices must be integers, not 'str'");
    if (value.get_if<Object>() == nullptr) fail_to_subscribe(value);
    const std::optional<Cursor> member = place.find_raw(key);
    if (!member) fail(python_repr(key));
    return followed(*member);
  }

  Cursor by_number(const Cursor& place, std::string_view digits) const {
    std::size_t index = 0;
    const bool fits =
        std::from_chars(digits.data(), digits.data() + digits.size(), index).ec == std::errc() &&
        index <= static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    constexpr const char* too_large = "cannot fit 'int' into an index-sized integer";
    const Value& value = place.value();
    if (const List* const list = value.get_if<List>()) {
      if (!fits) fail(too_large);
      if (index >= list->size()) fail("list index out of range");
      return followed(place.item(index));
    }
    if (const auto* const text = value.get_if<std::string>()) {
      if (!fits) fail(too_large);
      const std::string_view character = character_at(*text, index);
      if (character.empty()) fail("string index out of range");
      return place.with(Value(Value::Data(std::string(character))));
    }
    // The keys of a document are strings, and Python's numbers equal none of them.
    if (value.get_if<Object>()) fail(fits ? std::to_string(index) : std::string(digits));
    fail_to_subscribe(value);
  }

  static std::string_view character_at(std::string_view text, std::size_t index) {
    while (!text.empty()) {
      const unsigned length = format::decode_utf8(text.data(), text.data() + text.size()).length;
      if (index-- == 0) return text.substr(0, length);
      text.remove_prefix(length);
    }
    return {};
  }

  /// Each access converts what it finds.
  Cursor followed(const Cursor& found) const {
    if (++steps_ > most_steps) fail("maximum recursion depth exceeded");
    const auto reference = reference_of(found.value());
    return reference ? Walk(start_, *reference, steps_).run() : found;
  }

  const Cursor& start_;
  std::string_view reference_;
  int& steps_;
};

}  // namespace

Cursor follow_reference(const Cursor& place) {
  int steps = 0;
  return Walk(place, reference_of(place.value()).value_or(""), steps).run();
}

}  // namespace xylem::config
