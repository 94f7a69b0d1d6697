#include "format/logfmt_formatter.hpp"

#include "format/fields.hpp"
#include "format/json_members.hpp"
#include "format/key_value.hpp"
#include "format/message.hpp"

namespace xylem::format {

using record::Value;

void LogfmtFormatter::format(std::string& out, const record::View& view) {
  const std::size_t begin = out.size();
  for (const JsonMember& member : list_members(fmt_keys_, view)) {
    if (out.size() != begin) out += ' ';
    std::string scratch;
    Value value;
    if (const auto* const field = std::get_if<std::size_t>(&member.value)) {
      value = field_of(view, *field);
    } else if (const auto attribute = std::get<Attribute>(member.value);
               attribute == Attribute::timestamp) {
      scratch = timestamp_of(view, clock_);
      value = Value::of(std::string_view{scratch});
    } else if (attribute == Attribute::asctime) {
      value = Value::of(render_asctime(view, asctime_));
    } else {
      value = read_any(attribute, view, scratch);
    }
    append_pair(out, member.key, value);
  }
}

}  // namespace xylem::format
