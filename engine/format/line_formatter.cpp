#include "format/line_formatter.hpp"

namespace xylem::format {

Program LineFormatter::compile(const record::Site& site, std::string_view,
                               std::string_view terminator) {
  ProgramBuilder builder{site, TextStyle::raw, unused_clock_};
  builder.scratch([this](fmt::memory_buffer& out, const record::View& view) {
    std::string line;
    format(line, view);
    out.append(line);
  });
  builder.text(terminator);
  return builder.finish();
}

}  // namespace xylem::format
