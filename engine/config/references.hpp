#pragma once
/// @file
/// References by name to what stands elsewhere in the document.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/python_text.hpp"
#include "config/reader.hpp"

namespace xylem::config {

/// The index of the plan of that name; none for an unknown name and for what is no string.
template <typename Plan>
std::optional<std::size_t> find_named(const std::vector<Plan>& plans, const Value& name) {
  const auto* text = name.get_if<std::string>();
  if (text == nullptr) return std::nullopt;
  const auto found = std::find_if(plans.begin(), plans.end(),
                                  [text](const Plan& plan) { return plan.name == *text; });
  if (found == plans.end()) return std::nullopt;
  return static_cast<std::size_t>(found - plans.begin());
}

/// Appends what the member `key` of `owner` lists; nothing when it is absent or false. As in
/// CPython's addHandler and addFilter, what is there already is not added again.
/// @param complaint what to say, before the name, of a name that is unknown
template <typename Plan>
void add_references(const Cursor& owner, std::string_view key, const std::string& complaint,
                    const std::vector<Plan>& plans, std::vector<std::size_t>& chosen) {
  const std::optional<Cursor> names = owner.find(key);
  if (!names || !names->value().truthy()) return;
  for (const auto& [name, path] : names->iterate()) {
    const std::optional<std::size_t> index = find_named(plans, name);
    if (!index) throw ConfigError(complaint + python_repr(name), path);
    if (std::find(chosen.begin(), chosen.end(), *index) == chosen.end()) chosen.push_back(*index);
  }
}

}  // namespace xylem::config
