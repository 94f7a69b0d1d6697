#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "record/site.hpp"

/// Fields that were encoded beforehand (xylem/detail/members.hpp), taken apart.
namespace xylem::record {

struct MembersView {
  std::string_view shape;
  const std::byte* payload;
  std::size_t payload_bytes;
};

/// Nothing when the shape leaves the text. An empty text has no fields.
std::optional<MembersView> split_members(std::string_view text);

/// The fields of a shape, as the arguments of a site that is nothing else. Nothing when
/// make_members() cannot have written it.
std::optional<Site> parse_shape(std::string_view shape);

}  // namespace xylem::record
