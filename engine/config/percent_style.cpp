#include "config/percent_style.hpp"

#include <cstddef>

#include "config/pattern_reader.hpp"

namespace xylem::config {
namespace {

bool number_or_star(PatternReader& reader) noexcept {
  return reader.take("*") || reader.number();
}

/// What follows a '%'.
bool is_conversion(std::string_view text) noexcept {
  PatternReader reader{text};
  if (!reader.take("(") || !reader.word() || !reader.take(")")) return false;
  reader.take_all("#0+ -");
  number_or_star(reader);
  if (reader.take(".") && !number_or_star(reader)) return false;
  return reader.take("diouxefgcrsaDIOUXEFGCRSA%");
}

}  // namespace

bool has_percent_conversion(std::string_view format) noexcept {
  for (std::size_t at = format.find('%'); at != std::string_view::npos;
       at = format.find('%', at + 1)) {
    if (is_conversion(format.substr(at + 1))) return true;
  }
  return false;
}

}  // namespace xylem::config
