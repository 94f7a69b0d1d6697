#pragma once
/// @file
/// The formatter of the Python package python-json-logger, by its documentation (version 4).

#include <array>
#include <string_view>

#include "config/plan.hpp"
#include "config/reader.hpp"
#include "config/signature.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 18> python_json_arguments = {
    "fmt",
    "datefmt",
    "style",
    "validate",
    "prefix",
    "rename_fields",
    "rename_fields_keep_missing",
    "static_fields",
    "reserved_attrs",
    "timestamp",
    "defaults",
    "exc_info_as_array",
    "stack_info_as_array",
    "json_default",
    "json_encoder",
    "json_serializer",
    "json_indent",
    "json_ensure_ascii"};

/// @param format_key "format" or "fmt", whichever holds the format
/// @param by_class   the class is named by "class": CPython hands over format, datefmt, style,
///                   validate and defaults, and nothing else
/// @throws ConfigError also for what makes no single line, or needs Python: "json_indent is not
///         available"
PythonJsonFormatterPlan read_python_json(const Cursor& config, std::string_view format_key,
                                         bool by_class);

}  // namespace xylem::config
