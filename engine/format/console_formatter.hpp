#pragma once

#include <cstddef>
#include <string>

#include "format/line_formatter.hpp"

namespace xylem::format {

/// `xylem.ConsoleFormatter`: a line for people.
///
///     14:52:10.444 WARNING  my_app.db            41.5 ms for SELECT 1  latency_ms=41.5
///         Traceback (most recent call last):
///           ...
///
/// Further lines of a message and the texts of exception and stack are indented, so that none can
/// be taken for a record. Controls are shown as escapes: what is logged never drives a terminal.
class ConsoleFormatter final : public LineFormatter {
 public:
  struct Options {
    std::string datefmt{};  // for strftime; empty: %H:%M:%S and milliseconds
    std::size_t name_width = 20;
    bool is_coloured = false;
  };

  explicit ConsoleFormatter(Options options);

  void format(std::string& out, const record::View& view) override;

 private:
  void append_fields(std::string& out, const record::View& view) const;
  void append_coloured(std::string& out, std::string_view colour, std::string_view text) const;

  Options options_;
  LocalTimeRenderer time_;
};

}  // namespace xylem::format
