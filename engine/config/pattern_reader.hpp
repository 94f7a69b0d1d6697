#pragma once
/// @file
/// What the readers of CPython's regular expressions for formats share.

#include <cstddef>
#include <string_view>

namespace xylem::config {

/// Takes a text from its front, part by part. That does for an expression in which no part can
/// begin with what an earlier one takes: nothing is ever tried twice.
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) noexcept : rest_{text} {}

  std::string_view rest() const noexcept { return rest_; }
  void skip(std::size_t length) noexcept { rest_.remove_prefix(length); }

  /// Python's `$`: a line break may follow.
  bool at_end() const noexcept { return rest_.empty() || rest_ == "\n"; }

  /// One character of the set.
  bool take(std::string_view set) noexcept {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    skip(1);
    return true;
  }

  /// `[...]+`, of the characters of the set.
  bool take_all(std::string_view set) noexcept {
    bool any = false;
    while (take(set)) any = true;
    return any;
  }

  bool number() noexcept { return take_all("0123456789"); }

  /// `\w+`, where \w takes every letter there is: each byte of one beyond ASCII passes.
  bool word() noexcept {
    std::size_t length = 0;
    while (length < rest_.size() && is_word_character(rest_[length])) ++length;
    skip(length);
    return length > 0;
  }

 private:
  static bool is_word_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  std::string_view rest_;
};

}  // namespace xylem::config
