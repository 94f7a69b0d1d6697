#pragma once

#include <string_view>

#include <xylem/record.hpp>

namespace xylem::tools {

/// Reads a record from one JSON object with the keys of Python's logging.makeLogRecord; every other
/// key becomes an extra, kept as it is. What the line does not say is left as `record` has it.
/// Throws std::invalid_argument: what is wrong, at which key.
void read_record(std::string_view line, Record& record);

}  // namespace xylem::tools
