#include "format/program.hpp"

#include <cmath>
#include <cstring>

#include "format/copy.hpp"
#include "format/floating.hpp"
#include "format/integer.hpp"
#include "format/json_value.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::load;
using record::View;

/// Copies in blocks of 32 bytes: both ends are padded, and a length that varies from text to text
/// costs less in stores than in branches.
inline char* copy_padded(char* out, const char* from, std::size_t bytes) {
  copy_32(out, from);
  for (std::size_t at = 32; at < bytes; at += 32) copy_32(out + at, from + at);
  return out + bytes;
}

inline char* copy(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// Copies a text that is mostly short and has no padding: two moves that overlap.
inline char* copy_short(char* out, std::string_view text) {
  const char* const from = text.data();
  const std::size_t bytes = text.size();
  if (bytes >= 8 && bytes <= 16) [[likely]] {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::memcpy(&head, from, 8);
    std::memcpy(&tail, from + bytes - 8, 8);
    std::memcpy(out, &head, 8);
    std::memcpy(out + bytes - 8, &tail, 8);
    return out + bytes;
  }
  return copy(out, text);
}

char* write_pointer(char* out, std::uint64_t address) {
  const fmt::format_to_n_result<char*> result = fmt::format_to_n(out, 18, "{:#x}", address);
  return result.out;
}

char* raw_text(char* out, std::string_view text) {
  return copy(out, text);
}

EscapeKernel::Function escape_of(TextStyle style) {
  if (style == TextStyle::raw) return raw_text;
  return style == TextStyle::ascii ? escape_kernel().ascii : escape_kernel().utf8;
}

constexpr bool looks_integral(double value) {
  return value > -1e16 && value < 1e16 &&
         value == static_cast<double>(static_cast<std::int64_t>(value));
}

/// Turns libfmt's form of a double, which has just been copied to [begin, out), into JSON's.
char* finish_float(char* begin, char* out, double value) {
  // libfmt writes 1 where JSON needs 1.0; from 1e16 on both write an exponent.
  if (looks_integral(value)) return copy(out, ".0");
  return std::isfinite(value) ? out : write_json_number(begin, value);
}

}  // namespace

Program::Program(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                 const JsonStyle& json)
    : escape_{escape_of(style)}, clock_{&clock}, style_{style}, site_{&site}, json_{json} {
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    const record::Argument& argument = site.arguments[i];
    if (!detail::has_tail(argument.kind)) continue;
    strings_.push_back({argument.offset, static_cast<std::uint16_t>(i)});
  }
}

/// Where the bytes of the string arguments begin; returns how many they are together.
std::size_t Program::find_strings(const View& view, Workspace& work) const {
  const auto* const begin = reinterpret_cast<const char*>(view.payload) + site_->fixed_bytes;
  const char* at = begin;
  for (const StringArgument& string : strings_) {
    work.starts[string.argument] = at;
    at += load<std::uint32_t>(view.payload + string.offset);
  }
  return static_cast<std::size_t>(at - begin);
}

std::size_t Program::prepare_variable(const View& view, Workspace& work) const {
  const std::size_t arguments = site_->arguments.size();
  if (work.written.size() < arguments) [[unlikely]] {
    work.starts.resize(arguments);
    work.written.resize(arguments);
  }
  std::size_t variable = find_strings(view, work) * string_uses_;
  if (!renders_.empty()) {
    work.scratch.clear();
    work.scratch_ends.assign(1, 0);
    for (const Render& render : renders_) {
      render(work.scratch, view);
      work.scratch_ends.push_back(work.scratch.size());
    }
    variable += work.scratch.size();
  }
  return fixed_bound_ + max_escaped_bytes(variable);
}

std::string_view Program::thread_name(const record::Thread& thread) const {
  return style_ == TextStyle::raw     ? thread.name
         : style_ == TextStyle::ascii ? thread.ascii
                                      : thread.utf8;
}

// One function with one switch: the loop is the cost of a line, and splitting it would put its
// state into memory. The locals are copies because stores through `out` might change anything else.
char* Program::render(Workspace& work, char* out) const {
  char* const begin = out;
  const View& view = *work.view;
  const std::byte* const payload = view.payload;
  Workspace::Span* const written = work.written.data();
  const char* text = constants_.data();
  for (const Op op : ops_) {
    out = copy_padded(out, text, op.text_bytes);
    text += op.text_bytes;
    const std::byte* const at = payload + op.offset();
    char* const hole = out;
    switch (op.hole()) {
      case Hole::none:
        continue;
      case Hole::int64:
        out = write_i64(out, load<std::int64_t>(at));
        break;
      case Hole::uint64:
        out = write_u64(out, load<std::uint64_t>(at));
        break;
      case Hole::float64:
        out = write_plain(out, load<double>(at));
        break;
      case Hole::float32:
        out = write_plain(out, load<float>(at));
        break;
      case Hole::float64_json:
        out = write_json_number(out, load<double>(at));
        break;
      case Hole::float32_json:
        out = write_json_number(out, load<float>(at));
        break;
      case Hole::pointer:
        out = write_pointer(out, load<std::uint64_t>(at));
        break;
      case Hole::string:
        out = escape_(out, {work.starts[op.argument], load<std::uint32_t>(at)});
        break;
      case Hole::boolean:
        out = copy(out, load<bool>(at) ? "true" : "false");
        continue;
      case Hole::character:
        out = escape_(out, {reinterpret_cast<const char*>(at), 1});
        continue;
      case Hole::json:
        out = write_json(out, {work.starts[op.argument], load<std::uint32_t>(at)});
        continue;
      case Hole::again:
        out = copy_padded(out, written[op.argument].at, written[op.argument].bytes);
        continue;
      case Hole::again_as_float:
        out = copy_padded(out, written[op.argument].at, written[op.argument].bytes);
        out = finish_float(hole, out, load<double>(at));
        continue;
      case Hole::timestamp:
        out = clock_->write(out, view.time_ns);
        continue;
      case Hole::thread_name:
        out = copy_short(out, thread_name(*view.thread));
        continue;
      case Hole::thread_id:
        out = write_u64(out, view.thread->id);
        continue;
      case Hole::line_break:
        if (out == begin || out[-1] != '\n') *out++ = '\n';
        continue;
      case Hole::scratch: {
        const std::size_t from = work.scratch_ends[op.argument];
        const std::size_t to = work.scratch_ends[op.argument + std::size_t{1}];
        out = escape_(out, {work.scratch.data() + from, to - from});
        continue;
      }
    }
    written[op.argument] = {hole, static_cast<std::size_t>(out - hole)};
  }
  return out;
}

char* Program::write_json(char* out, std::string_view value) const {
  std::string text;
  rewrite_json(text, value, json_);
  return copy(out, text);
}

}  // namespace xylem::format
