#pragma once

#include <string>
#include <utility>
#include <vector>

#include "format/line_formatter.hpp"

namespace xylem::format {

/// `xylem.LogfmtFormatter`: `key=value` pairs, one line a record. The keys are those that
/// JsonFormatter would write, in the same order and under the same rules.
class LogfmtFormatter final : public LineFormatter {
 public:
  using FmtKeys = std::vector<std::pair<std::string, std::string>>;  // {key, attribute}

  explicit LogfmtFormatter(FmtKeys fmt_keys) : fmt_keys_{std::move(fmt_keys)} {}

  void format(std::string& out, const record::View& view) override;

 private:
  FmtKeys fmt_keys_;
  IsoUtcRenderer clock_;
  LocalTimeRenderer asctime_;
};

}  // namespace xylem::format
