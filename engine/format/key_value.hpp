#pragma once

#include <string>
#include <string_view>

#include "record/value.hpp"

namespace xylem::format {

/// Appends `key=value` as logfmt has it (https://brandur.org/logfmt): numbers, true, false and null
/// as they are; text bare when it is one word, else in double quotes with backslash escapes; lists
/// and objects as quoted JSON. In a key, what would end it becomes '_'.
void append_pair(std::string& out, std::string_view key, const record::Value& value);

}  // namespace xylem::format
