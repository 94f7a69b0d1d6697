#include "config/level_names.hpp"

#include <cstdint>
#include <utility>

#include "config/python_text.hpp"

namespace xylem::config {

std::vector<record::LevelName> read_level_names(const Cursor& document) {
  std::vector<record::LevelName> names;
  const std::optional<Cursor> engine = document.find("xylem");
  if (!engine) return names;
  engine->object();
  const std::optional<Cursor> levels = engine->find("levels");
  if (!levels) return names;
  for (const auto& entry : levels->object()) {
    const std::optional<Cursor> level = levels->find(entry.first);
    const auto* const number = level->value().get_if<std::int64_t>();
    if (number == nullptr || !std::in_range<int>(*number)) {
      level->fail("Expected an integer of 32 bits, got " + python_repr(level->value()));
    }
    names.push_back({static_cast<int>(*number), entry.first});
  }
  return names;
}

}  // namespace xylem::config
