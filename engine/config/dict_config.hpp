#pragma once
/// @file
/// From a `logging.config.dictConfig` document to a plan, by the rules of CPython 3.13.

#include <string>
#include <string_view>

#include "config/plan.hpp"

namespace xylem::config {

/// Checks a document and makes its plan; no side effects, any thread.
/// @param text        JSON, or YAML when the name of its source says so
/// @param source_name named in errors and in the plan; empty for a text from memory
/// @throws xylem::ConfigError
Plan parse(std::string_view text, std::string source_name = {});

/// The same for a file.
Plan parse_file(const std::string& file);

}  // namespace xylem::config
