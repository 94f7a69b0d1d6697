#include "format/visible.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "format/utf8.hpp"

namespace xylem::format {
namespace {

/// First and last of each run, in order.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 11> controls = {{{0x00, 0x1f},
                                                                               {0x7f, 0x9f},
                                                                               {0x061c, 0x061c},
                                                                               {0x180e, 0x180e},
                                                                               {0x200b, 0x200b},
                                                                               {0x200e, 0x200f},
                                                                               {0x2028, 0x202e},
                                                                               {0x2060, 0x206f},
                                                                               {0xfeff, 0xfeff},
                                                                               {0xfff9, 0xfffb},
                                                                               {0xe0000, 0xe007f}}};

void append_escape(std::string& out, std::uint32_t code_point) {
  switch (code_point) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += fmt::format(fmt::runtime(code_point < 0x100     ? "\\x{:02x}"
                                      : code_point < 0x10000 ? "\\u{:04x}"
                                                             : "\\U{:08x}"),
                         code_point);
  }
}

/// Appends what is harmless and calls special(code point) for every control and every character
/// among `marked`, which are ASCII.
template <typename F>
void append_parts(std::string& out, std::string_view text, std::string_view marked, F&& special) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const Utf8Unit unit = decode_utf8(at, end);
    const bool is_marked =
        unit.code_point < 0x80 && marked.find(static_cast<char>(unit.code_point)) < marked.size();
    if (!unit.valid) {
      out += "\xef\xbf\xbd";
    } else if (is_marked || is_control(unit.code_point)) {
      special(unit.code_point);
    } else {
      out.append(at, unit.length);
    }
    at += unit.length;
  }
}

}  // namespace

bool is_control(std::uint32_t code_point) {
  const auto* const next =
      std::upper_bound(controls.begin(), controls.end(), code_point,
                       [](std::uint32_t value, const auto& run) { return value < run.first; });
  return next != controls.begin() && code_point <= std::prev(next)->second;
}

void append_visible(std::string& out, std::string_view text, std::string_view line_break) {
  append_parts(out, text, {}, [&](std::uint32_t code_point) {
    if (code_point == '\n') {
      out += line_break;
    } else {
      append_escape(out, code_point);
    }
  });
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_parts(out, text, "\"\\", [&out](std::uint32_t code_point) {
    if (is_control(code_point)) {
      append_escape(out, code_point);
    } else {
      out += '\\';
      out += static_cast<char>(code_point);
    }
  });
  out += '"';
}

}  // namespace xylem::format
