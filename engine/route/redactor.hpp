#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}  // namespace re2

namespace xylem::route {

/// What must not be seen, in texts of all kinds. Immutable, hence usable from any thread.
class Redactor {
 public:
  struct Options {
    std::vector<std::string> fields;    ///< Names, in whatever case.
    std::vector<std::string> patterns;  ///< Of RE2.
    std::string replacement = "***REDACTED***";
  };

  /// Throws std::invalid_argument for a pattern that obstacle_of() has something to say about.
  explicit Redactor(Options options);
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  /// Why a pattern cannot be used, in RE2's words; empty: it can.
  static std::string obstacle_of(const std::string& pattern);

  const std::string& replacement() const { return options_.replacement; }
  bool has_patterns() const { return !patterns_.empty(); }
  bool has_field(std::string_view name) const;

  /// Each makes the same value with what matches replaced; none: nothing does.
  std::optional<std::string> text(std::string_view text) const;
  /// One JSON value: members of that name at any depth, and strings. What is not JSON goes whole.
  std::optional<std::string> json(std::string_view value) const;
  /// The bytes of a tree (xylem/detail/tree.hpp): members and keys of that name, and texts.
  std::optional<std::string> tree(std::string_view bytes) const;

 private:
  Options options_;
  std::string rewrite_;  // the replacement, with RE2's escapes
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
};

}  // namespace xylem::route
