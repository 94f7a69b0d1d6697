#pragma once
/// @file
/// Text for people in two columns.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xylem::config {

/// A name as it is, or quoted and escaped where that would not be one visible word or would drive
/// a terminal.
std::string shown(const std::string& text);

template <typename Range, typename Name>
std::string joined(const Range& range, std::string_view separator, Name name) {
  std::string text;
  for (const auto& item : range) {
    if (!text.empty()) text += separator;
    text += name(item);
  }
  return text;
}

/// Lines of a name and what is said of it, which line up.
class Table {
 public:
  /// Further lines of the same entry have an empty name.
  void add(std::string name, std::string text) {
    rows_.emplace_back(std::move(name), std::move(text));
  }

  /// Appends an empty line, the title and the rows; nothing for a table without rows.
  void print(std::string_view title, std::string& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

}  // namespace xylem::config
