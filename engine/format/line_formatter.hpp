#pragma once

#include <string>

#include "format/formatter.hpp"
#include "format/timestamp.hpp"

namespace xylem::format {

/// A formatter that makes the whole of every line anew, since hardly any of it is the same in two
/// lines: for people and their tools, not for millions of lines a second.
class LineFormatter : public Formatter {
 public:
  Program compile(const record::Site& site, std::string_view logger,
                  std::string_view terminator) final;

 private:
  IsoUtcRenderer unused_clock_;  // format() has its own
};

}  // namespace xylem::format
