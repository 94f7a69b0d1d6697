#include "route/redactor.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "route/redacted_json.hpp"
#include "route/redacted_tree.hpp"

namespace xylem::route {
namespace {

re2::RE2::Options quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string Redactor::obstacle_of(const std::string& pattern) {
  const re2::RE2 compiled{pattern, quiet()};
  if (!compiled.ok()) return compiled.error();
  // It would match between any two characters.
  return re2::RE2::PartialMatch("", compiled) ? "matches the empty text" : std::string{};
}

Redactor::Redactor(Options options) : options_{std::move(options)} {
  for (const char c : options_.replacement) {
    if (c == '\\') rewrite_ += '\\';
    rewrite_ += c;
  }
  for (const std::string& pattern : options_.patterns) {
    const std::string obstacle = obstacle_of(pattern);
    if (!obstacle.empty()) throw std::invalid_argument{fmt::format("{}: {}", obstacle, pattern)};
    patterns_.push_back(std::make_unique<re2::RE2>(pattern, quiet()));
  }
}

Redactor::~Redactor() = default;

bool Redactor::has_field(std::string_view name) const {
  return std::any_of(options_.fields.begin(), options_.fields.end(),
                     [name](const std::string& field) { return is_same_name(field, name); });
}

std::optional<std::string> Redactor::text(std::string_view text) const {
  std::optional<std::string> redacted;
  for (const auto& pattern : patterns_) {
    const std::string_view at = redacted ? std::string_view{*redacted} : text;
    // Without submatches, which is much the fastest, and the answer is nearly always no.
    if (!re2::RE2::PartialMatch(piece(at), *pattern)) continue;
    if (!redacted) redacted.emplace(text);
    re2::RE2::GlobalReplace(&*redacted, *pattern, rewrite_);
  }
  return redacted;
}

std::optional<std::string> Redactor::json(std::string_view value) const {
  return RedactedJson{*this}.of(value);
}

std::optional<std::string> Redactor::tree(std::string_view bytes) const {
  return RedactedTree{*this, bytes}.run();
}

}  // namespace xylem::route
