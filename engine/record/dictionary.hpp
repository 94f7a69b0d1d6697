#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "record/site.hpp"

/// Call sites as bytes, for readers that outlive the process:
///
///     i32 level, u32 line, format, pathname, function, u32 arguments,
///     then for each argument: u8 kind, u8 is_field, and for a field its key
///
/// where a text is its length as u32 and its bytes. Little endian, unaligned. The id is not part of
/// it.
namespace xylem::record {

/// No compiler gets a call of more arguments compiled.
inline constexpr std::size_t max_site_arguments = std::size_t{1} << 16;

/// @throws std::length_error for a text of 4 GiB or more, which no program contains
std::string encode(const Site& site);

/// Reads what encode() wrote, into all members but the id; false, and an unspecified site, for
/// bytes that it cannot have written.
bool decode(std::string_view bytes, Site& site);

}  // namespace xylem::record
