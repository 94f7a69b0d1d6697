#include "route/redacted_json.hpp"

#include <charconv>
#include <cstdint>
#include <stdexcept>

#include "format/fields.hpp"
#include "format/utf8.hpp"
#include "record/value.hpp"

namespace xylem::route {
namespace {

/// Text as it is, but for what JSON must escape: then few strings have anything to undo.
constexpr format::JsonStyle spelt{false, ", ", ": ", false};

std::string quoted(std::string_view text) {
  return format::json_of(record::Value::of(text), spelt);
}

/// The text that a string of such a spelling stands for.
std::string unescaped(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      text += raw[i];
      continue;
    }
    constexpr std::string_view letters = "bfnrt";
    constexpr std::string_view meanings = "\b\f\n\r\t";
    const char letter = raw[++i];
    const std::size_t index = letters.find(letter);
    if (index != std::string_view::npos) {
      text += meanings[index];
    } else if (letter != 'u' || raw.size() - i < 5) {
      text += letter;
    } else {
      std::uint32_t unit = 0;
      std::from_chars(raw.data() + i + 1, raw.data() + i + 5, unit, 16);
      char bytes[4];
      text.append(bytes, format::encode_utf8(bytes, unit));
      i += 4;
    }
  }
  return text;
}

}  // namespace

std::optional<std::string> RedactedJson::of(std::string_view value) {
  std::string normal;
  try {
    format::rewrite_json(normal, value, spelt);
  } catch (const std::invalid_argument&) {
    return quoted(redactor_->replacement());
  }
  in_ = normal;
  at_ = 0;
  out_.clear();
  is_changed_ = false;
  redact();
  if (!is_changed_) return std::nullopt;
  return out_;
}

void RedactedJson::redact() {
  while (at_ < in_.size()) {
    if (in_[at_] != '"') {
      out_ += in_[at_++];
      continue;
    }
    const std::string_view raw = take_string();
    if (at_ == in_.size() || in_[at_] != ':') {
      put_string(raw);
      continue;
    }
    out_ += '"';
    out_ += raw;
    out_ += '"';
    out_ += spelt.key_separator;
    at_ += spelt.key_separator.size();
    if (!redactor_->has_field(unescaped(raw))) continue;
    skip_value();
    put_replacement();
  }
}

/// At a quote: what stands up to the next one, behind which it goes on.
std::string_view RedactedJson::take_string() {
  const std::size_t begin = ++at_;
  while (in_[at_] != '"') at_ += in_[at_] == '\\' ? 2 : 1;
  return in_.substr(begin, at_++ - begin);
}

void RedactedJson::skip_value() {
  int depth = 0;
  do {
    const char c = in_[at_];
    if (c == '"') {
      take_string();
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      --depth;
      ++at_;
    } else {
      ++at_;
      // A number or a word ends where something else begins.
      if (depth == 0 && at_ < in_.size() &&
          std::string_view{",}]"}.find(in_[at_]) == std::string_view::npos) {
        continue;
      }
    }
    if (depth == 0) return;
  } while (at_ < in_.size());
}

void RedactedJson::put_string(std::string_view raw) {
  if (redactor_->has_patterns()) {
    if (const auto redacted = redactor_->text(unescaped(raw))) {
      is_changed_ = true;
      out_ += quoted(*redacted);
      return;
    }
  }
  out_ += '"';
  out_ += raw;
  out_ += '"';
}

void RedactedJson::put_replacement() {
  is_changed_ = true;
  out_ += quoted(redactor_->replacement());
}

}  // namespace xylem::route
