#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace xylem::bench {

/// What a look at a text of JSON Lines found.
struct Lines {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Parses every line; nothing when one of them is no JSON object.
std::optional<Lines> check_lines(std::string_view text);

}  // namespace xylem::bench
