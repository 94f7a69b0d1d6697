#include "config/table.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::string shown(const std::string& text) {
  std::string quoted = python_repr(text);
  const bool is_plain = quoted.size() == text.size() + 2 && !text.empty() && text.front() != ' ' &&
                        text.back() != ' ';
  return is_plain ? text : quoted;
}

void Table::print(std::string_view title, std::string& out) const {
  if (rows_.empty()) return;
  std::size_t width = 0;
  for (const auto& [name, text] : rows_) width = std::max(width, columns(name));
  fmt::format_to(std::back_inserter(out), "\n{}\n", title);
  for (const auto& [name, text] : rows_) {
    const std::string padding(text.empty() ? 0 : width - columns(name) + 2, ' ');
    fmt::format_to(std::back_inserter(out), "  {}{}{}\n", name, padding, text);
  }
}

}  // namespace xylem::config
