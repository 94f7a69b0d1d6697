#pragma once
/// @file
/// A formatter's "defaults", on their way from the document to the formatter.

#include <string>

#include "config/document.hpp"
#include "format/text_formatter.hpp"

namespace xylem::config {

/// The value with the type that it has in Python.
format::TextFormatter::Default to_default(const std::string& name, const Value& value);

/// The value as json.dumps() writes it.
std::string json_text(const Value& value);

}  // namespace xylem::config
