#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "record/foreign.hpp"
#include "record/site.hpp"
#include "record/view.hpp"

namespace xylem::route {

/// A record that stands in the place of another behind a filter, or for several. What its `view`
/// refers to is here, or what the other's refers to.
struct Rewritten {
  record::View view{};
  record::Site site{};             // with an id that counts for nothing
  std::vector<std::byte> payload;  // as `site` says
  record::Foreign foreign;
  std::deque<std::string> texts;  // stay where they are

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

}  // namespace xylem::route
