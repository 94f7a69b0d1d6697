#pragma once
/// @file
/// YAML files: what `json.dumps(yaml.safe_load(text))` is to a Python service, a document is here.

#include <string>
#include <string_view>

#include "config/document.hpp"

namespace xylem::config {

/// Whether the name of a file says that it is YAML: it ends in ".yaml" or ".yml", in any case.
bool is_yaml_name(std::string_view file) noexcept;

/// Reads a YAML text whose top is a mapping. Plain scalars are resolved as in YAML 1.1 by PyYAML's
/// safe_load (`yes` is true, `0x10` is 16, `1e5` is a string); keys that are no strings become the
/// strings that JSON has for them. What JSON has no counterpart for (a date, `!!set`, a node that
/// contains itself) is refused. Nesting deeper than 200, aliases followed, is refused, and so are
/// texts of more than 4 MiB and aliases that copy more than 16 MiB.
/// @throws xylem::ConfigError without a path, for example
///         "end of sequence flow not found: line 3 column 5 (char 40)", counted as for JSON
Value parse_yaml(std::string_view text, const std::string& source_name = {});

/// A text as what the name of its source says: YAML or else JSON.
Value parse_source(std::string_view text, const std::string& source_name);

}  // namespace xylem::config
