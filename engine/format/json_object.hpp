#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xylem::format {

/// A member of a JSON object.
struct JsonField {
  std::string key;
  std::string value;  // JSON text, laid out as Python's json.dumps does
};

/// The members of the JSON object `text`, as Python's json.loads reads them: of equal keys the
/// first one's place and the last one's value; NaN and Infinity accepted; integers of any size
/// kept. Throws std::invalid_argument, with the place, for what is no JSON object.
std::vector<JsonField> split_json_object(std::string_view text);

/// The same for the items of a JSON array, each as JSON text.
std::vector<std::string> split_json_array(std::string_view text);

/// The characters of a JSON string, given with its quotes. A lone surrogate, which UTF-8 cannot
/// hold, becomes U+FFFD.
std::string unescape_json_string(std::string_view literal);

}  // namespace xylem::format
