#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "format/percent.hpp"
#include "format/program.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// What a config calls a formatter: turns records into lines, without the terminator.
///
/// Records of this process' call sites go through a Program, compiled once for a site and a logger;
/// format() does any record, one at a time, and is what a Program must agree with. Except for its
/// construction it belongs to the consumer thread.
class Formatter {
 public:
  virtual ~Formatter() = default;

  /// The template of a site's records under a logger, `terminator` at its end. Throws FormatError
  /// when no record of the site can be formatted.
  virtual Program compile(const record::Site& site, std::string_view logger,
                          std::string_view terminator) = 0;

  /// Appends the record's text. Throws FormatError.
  virtual void format(std::string& out, const record::View& view) = 0;
};

}  // namespace xylem::format
