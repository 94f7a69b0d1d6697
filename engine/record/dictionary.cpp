#include "record/dictionary.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace xylem::record {
namespace {

template <typename T>
void put(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& to, std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error{"xylem: a call site's text is too long"};
  }
  put(to, static_cast<std::uint32_t>(text.size()));
  to.append(text);
}

template <typename T>
bool get(std::string_view& from, T& value) {
  if (from.size() < sizeof value) return false;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return true;
}

bool get_text(std::string_view& from, std::string& text) {
  std::uint32_t size = 0;
  if (!get(from, size) || size > from.size()) return false;
  text = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

bool get_argument(std::string_view& from, Site& site) {
  std::uint8_t kind = 0;
  std::uint8_t is_field = 0;
  if (!get(from, kind) || !get(from, is_field)) return false;
  if (kind > static_cast<std::uint8_t>(detail::last_kind) || is_field > 1) return false;
  std::string key;
  if (is_field == 1 && !get_text(from, key)) return false;
  add_argument(site, static_cast<Kind>(kind), is_field == 1, key);
  return true;
}

}  // namespace

std::string encode(const Site& site) {
  std::string bytes;
  put(bytes, static_cast<std::int32_t>(site.level));
  put(bytes, site.line);
  put_text(bytes, site.format);
  put_text(bytes, site.pathname);
  put_text(bytes, site.function);
  put(bytes, static_cast<std::uint32_t>(site.arguments.size()));
  for (const Argument& argument : site.arguments) {
    put(bytes, static_cast<std::uint8_t>(argument.kind));
    put(bytes, static_cast<std::uint8_t>(argument.is_field ? 1 : 0));
    if (argument.is_field) put_text(bytes, argument.key);
  }
  return bytes;
}

bool decode(std::string_view bytes, Site& site) {
  std::int32_t level = 0;
  std::uint32_t count = 0;
  if (!get(bytes, level) || !get(bytes, site.line)) return false;
  if (!get_text(bytes, site.format) || !get_text(bytes, site.pathname)) return false;
  if (!get_text(bytes, site.function) || !get(bytes, count)) return false;
  if (count > max_site_arguments) return false;
  site.level = static_cast<Level>(level);
  clear_arguments(site);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (has_members(site)) return false;  // nothing follows those
    if (!get_argument(bytes, site)) return false;
  }
  if (has_members(site) && site.arguments.back().is_field) return false;
  return bytes.empty();
}

}  // namespace xylem::record
