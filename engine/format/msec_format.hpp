#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/percent.hpp"

namespace xylem::format {

/// A Formatter's `default_msec_format`: what `"%s,%03d" % (time, msecs)` makes of the two.
class MsecFormat {
 public:
  /// What is wrong with the pattern is found out by apply(), as in CPython.
  explicit MsecFormat(std::string_view pattern);

  /// Throws FormatError for a pattern that does not take a text and a number, both of them.
  std::string apply(std::string_view time, double msecs) const;

 private:
  /// Constant text, then a conversion unless it is the last.
  struct Piece {
    std::string text;
    Conversion conversion{};
  };

  std::vector<Piece> pieces_;
  std::string fault_;
};

}  // namespace xylem::format
