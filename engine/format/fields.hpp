#pragma once

#include <cstddef>
#include <string>

#include "format/json_value.hpp"
#include "format/timestamp.hpp"
#include "record/value.hpp"
#include "record/view.hpp"

/// What formatters that go through a record's fields share.
namespace xylem::format {

/// The value of a field by its index in for_each_field(): an extra of a record made elsewhere, or
/// an argument.
record::Value field_of(const record::View& view, std::size_t index);

/// The JSON text of a value.
std::string json_of(const record::Value& value, const JsonStyle& style);

/// When a record was made, as Python's `datetime.isoformat()` in UTC. Throws FormatError for a time
/// that no calendar has.
std::string timestamp_of(const record::View& view, IsoUtcRenderer& clock);

}  // namespace xylem::format
