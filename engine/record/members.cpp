#include "record/members.hpp"

#include <cstdint>

#include <xylem/detail/members.hpp>

#include "record/payload.hpp"

namespace xylem::record {

std::optional<MembersView> split_members(std::string_view text) {
  const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
  if (text.empty()) return MembersView{{}, bytes, 0};
  std::uint32_t shape_bytes = 0;
  if (text.size() < sizeof shape_bytes) return std::nullopt;
  std::memcpy(&shape_bytes, text.data(), sizeof shape_bytes);
  text.remove_prefix(sizeof shape_bytes);
  if (shape_bytes > text.size()) return std::nullopt;
  return MembersView{text.substr(0, shape_bytes), bytes + sizeof shape_bytes + shape_bytes,
                     text.size() - shape_bytes};
}

std::optional<Site> parse_shape(std::string_view shape) {
  Site site{};
  clear_arguments(site);
  while (!shape.empty()) {
    std::uint16_t key_bytes = 0;
    if (shape.size() < detail::shape_entry_bytes) return std::nullopt;
    const auto kind = static_cast<std::uint8_t>(shape.front());
    std::memcpy(&key_bytes, shape.data() + 1, sizeof key_bytes);
    shape.remove_prefix(detail::shape_entry_bytes);
    if (kind > static_cast<std::uint8_t>(detail::last_kind) || key_bytes > shape.size()) {
      return std::nullopt;
    }
    if (kind == static_cast<std::uint8_t>(Kind::members)) return std::nullopt;
    add_argument(site, static_cast<Kind>(kind), true, shape.substr(0, key_bytes));
    shape.remove_prefix(key_bytes);
  }
  return site;
}

}  // namespace xylem::record
