#pragma once
/// @file
/// Python's objects that a document can name as `ext://NAME` and that are plain values.

#include <optional>
#include <string_view>

#include "config/document.hpp"

namespace xylem::config {

/// The number or text that Python has under this dotted name, such as `logging.INFO`,
/// `socket.SOCK_STREAM` or `os.devnull`; none for a class, a stream and what is unknown here.
std::optional<Value> find_external(std::string_view name);

}  // namespace xylem::config
