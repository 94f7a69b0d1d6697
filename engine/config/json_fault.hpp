#pragma once
/// @file
/// Why a text is not JSON, and where: simdjson says little of the first and nothing exact of the
/// second, so a text that it refused is walked once more.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xylem::config {

/// Arrays and objects within each other, the outermost included.
inline constexpr std::size_t max_depth = 200;

struct JsonFault {
  /// In the words of Python's json module: "Expecting ',' delimiter".
  std::string message;
  /// Bytes from the start of the text.
  std::size_t offset;
};

/// The first fault of a text; none when it is JSON within max_depth.
std::optional<JsonFault> find_json_fault(std::string_view text);

/// "MESSAGE: line 3 column 5 (char 40)", counted in code points as Python does.
std::string describe_fault(const JsonFault& fault, std::string_view text);

}  // namespace xylem::config
