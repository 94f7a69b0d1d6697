#include "route/filter.hpp"

namespace xylem::route {

NameFilter::NameFilter(std::string name) : name_{std::move(name)} {}

bool NameFilter::passes(std::string_view logger, int) const {
  return name_.empty() || is_within(logger, name_);
}

bool is_within(std::string_view name, std::string_view ancestor) {
  return name.starts_with(ancestor) &&
         (name.size() == ancestor.size() || name[ancestor.size()] == '.');
}

}  // namespace xylem::route
