#include "level_option.hpp"

#include <charconv>
#include <stdexcept>
#include <system_error>

#include "record/level_names.hpp"

namespace xylem::tools {

Level level_option(const std::string& text) {
  if (const auto number = record::find_level(text)) return static_cast<Level>(*number);
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, number);
  if (ptr == end && error == std::errc{}) return static_cast<Level>(number);
  throw std::invalid_argument{"--level: Unknown level: '" + text + "'"};
}

}  // namespace xylem::tools
