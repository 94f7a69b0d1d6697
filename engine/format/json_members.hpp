#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "format/attribute.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// JSON text that is the same in every line.
struct JsonConstant {
  std::string_view json;
};

/// JSON text that is the same for the records of one site, or for one record made elsewhere:
/// `JsonMember::text`.
struct JsonText {};

/// The members that follow, up to the JsonClose, are an object of their own under this key.
struct JsonOpen {};
struct JsonClose {};

/// One member of the JSON object of a record: its value is an attribute, or the field of that index
/// (an argument of the site, an extra of a record made elsewhere), or known without the record.
struct JsonMember {
  using Source = std::variant<Attribute, std::size_t, JsonConstant, JsonText, JsonOpen, JsonClose>;

  std::string_view key;
  Source value;
  std::string text{};
};

/// The members of a record's object in order, by the rules of the guideline's formatter. Of the
/// record, only what is the same for all records of its site counts, or what `view.foreign` says.
/// The keys refer to `fmt_keys` and to the record. Throws FormatError for an attribute that the
/// record lacks.
std::vector<JsonMember> list_members(
    const std::vector<std::pair<std::string, std::string>>& fmt_keys, const record::View& view);

}  // namespace xylem::format
