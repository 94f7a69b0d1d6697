#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "record/tree_reader.hpp"

/// The trees of structured arguments as messages show them.
namespace xylem::format {

/// Appends a tree as `{}` shows it: as libfmt shows ranges, tuples, maps and optionals, texts
/// quoted where they are parts, `Point{x: 1, y: 2}` for a described type. `spec` is what stands
/// behind the colon; see include/xylem/detail/checked.hpp. Throws fmt::format_error for one that
/// the value does not take. Any bytes will do: what is no tree is "...".
void append_tree_text(fmt::memory_buffer& out, std::string_view bytes, std::string_view spec = {});

/// The same for the value that has been read, and its parts; `is_part` quotes texts.
void append_tree_text(fmt::memory_buffer& out, record::TreeReader& reader,
                      const record::TreeItem& item, std::string_view spec, bool is_part);

/// A tree as an argument for libfmt.
struct TreeArgument {
  std::string_view bytes;
};

}  // namespace xylem::format

template <>
struct fmt::formatter<xylem::format::TreeArgument> {
  auto parse(fmt::format_parse_context& context) -> const char* {
    const char* at = context.begin();
    while (at != context.end() && *at != '}') {
      if (*at++ == '{') throw fmt::format_error{"no nested fields"};
    }
    spec_ = {context.begin(), static_cast<std::size_t>(at - context.begin())};
    return at;
  }
  auto format(const xylem::format::TreeArgument& argument, fmt::format_context& context) const
      -> fmt::format_context::iterator {
    fmt::memory_buffer text;
    xylem::format::append_tree_text(text, argument.bytes, spec_);
    return std::copy(text.begin(), text.end(), context.out());
  }

 private:
  std::string_view spec_;
};
