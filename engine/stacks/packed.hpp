#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "record/view.hpp"
#include "stacks/module.hpp"

/// The text of an exception or a stack as a record carries it: what the caller knows as text, the
/// rest as what the consumer makes text of.
///
///     {u8 what, u32 bytes, bytes} ...
namespace xylem::stacks {

/// Text that consists of pieces.
class Packed {
 public:
  Packed& text(std::string_view text);
  /// The mangled name of a type.
  Packed& type(std::string_view name);
  /// Innermost first, as they are found; shown outermost first, as Python shows them.
  Packed& frames(const Word* words, std::size_t count);
  /// The same for a stack that begins at the log call itself, whose place is known in any case.
  Packed& frames_from_call(const Word* words, std::size_t count);

  std::string take() { return std::move(bytes_); }

 private:
  Packed& put(char what, std::string_view bytes);

  std::string bytes_;
};

/// The text of a stack, which a record carries as words, innermost first.
std::string stack_text(std::string_view words);

/// Packed pieces as the text that a line shows; anything else as it stands. `site` is the log
/// call's.
std::string unpacked(std::string_view bytes, const record::Site& site);

/// The payload with the texts of exceptions and stacks in place of their pieces, in `room`. For a
/// site with traces.
const std::byte* unpack_payload(const record::Site& site, const std::byte* payload,
                                std::vector<std::byte>& room);

}  // namespace xylem::stacks
