#pragma once
/// @file
/// The key "." of handlers whose files roll: attributes that are set once the handler is made.

#include <cstdint>
#include <string_view>

#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// @throws ConfigError "maxBytes must be an integer, got a string"
std::int64_t integer_attribute(std::string_view name, const Cursor& value);

/// Sets maxBytes or backupCount; false for any other attribute.
/// @throws ConfigError when the value is no integer
bool set_attribute(RotatingFilePlan& plan, std::string_view name, const Cursor& value);

/// Sets backupCount, interval (in seconds) or utc; false for any other attribute. When the file
/// rolls first has been worked out by then, so the last two hold from there on.
/// @throws ConfigError when the value is no number, and for what the handler looks at otherwise
bool set_attribute(TimedFilePlan& plan, std::string_view name, const Cursor& value);

/// @throws ConfigError for what is an argument of the handler: it can be given there
bool set_attribute(ArchiveFilePlan& plan, std::string_view name, const Cursor& value);

}  // namespace xylem::config
