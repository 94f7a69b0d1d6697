#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "route/redactor.hpp"

namespace xylem::route {

/// Redacts one JSON value. Goes over the text itself instead of a parsed form: all but what is
/// replaced stays as it is spelt.
class RedactedJson {
 public:
  explicit RedactedJson(const Redactor& redactor) : redactor_{&redactor} {}

  /// None when nothing is to be replaced.
  std::optional<std::string> of(std::string_view value);

 private:
  void redact();
  std::string_view take_string();
  void skip_value();
  void put_string(std::string_view raw);
  void put_replacement();

  const Redactor* redactor_;
  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  bool is_changed_ = false;
};

}  // namespace xylem::route
