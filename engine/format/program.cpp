#include "format/program.hpp"

#include <cmath>
#include <cstring>

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
  std::size_t at = 0;
  do {
    std::memcpy(out + at, from + at, 32);
    at += 32;
  } while (at < bytes);
  return out + bytes;
}

inline char* copy(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
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

}  // namespace

Program::Program(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                 const JsonStyle& json)
    : site_{&site}, style_{style}, json_{json}, clock_{&clock}, escape_{escape_of(style)} {
  starts_.resize(site.arguments.size());
  written_.resize(site.arguments.size());
}

std::size_t Program::string_bytes() const {
  std::size_t bytes = 0;
  for (const record::Argument& argument : site_->arguments) {
    if (detail::has_tail(argument.kind)) {
      bytes += load<std::uint32_t>(view_->payload + argument.offset);
    }
  }
  return bytes;
}

std::size_t Program::prepare(const View& view) {
  view_ = &view;
  std::size_t variable = 0;
  if (site_->has_tails) {
    record::find_tails(*site_, view.payload, starts_.data());
    variable = string_bytes() * string_uses_;
  }
  if (thread_name_uses_ > 0) variable += view.thread->name.size() * thread_name_uses_;
  if (!renders_.empty()) {
    scratch_.clear();
    for (std::size_t i = 0; i < renders_.size(); ++i) {
      renders_[i](scratch_, view);
      scratch_ends_[i] = scratch_.size();
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < renders_.size(); ++i) {
      scratches_[i] = {scratch_.data() + begin, scratch_ends_[i] - begin};
      begin = scratch_ends_[i];
    }
    variable += scratch_.size();
  }
  return fixed_bound_ + max_escaped_bytes(variable);
}

char* Program::render(char* out) {
  const char* const constants = constants_.data();
  begin_ = out;
  for (const Op& op : ops_) {
    out = copy_padded(out, constants + op.text_at, op.text_bytes);
    out = fill(out, op);
  }
  return out;
}

inline char* Program::fill(char* out, const Op& op) {
  const std::byte* const at = view_->payload + op.offset;
  char* const begin = out;
  switch (op.hole) {
    case Hole::none:
      return out;
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
    case Hole::boolean:
      return copy(out, load<bool>(at) ? "true" : "false");
    case Hole::character:
      return escape_(out, {reinterpret_cast<const char*>(at), 1});
    case Hole::pointer:
      out = write_pointer(out, load<std::uint64_t>(at));
      break;
    case Hole::string:
      out = escape_(out, {starts_[op.argument], load<std::uint32_t>(at)});
      break;
    case Hole::json:
      return write_json(out, {starts_[op.argument], load<std::uint32_t>(at)});
    case Hole::again:
    case Hole::again_as_float:
      return copy_earlier(out, op);
    case Hole::timestamp:
      return clock_->write(out, view_->time_ns);
    case Hole::thread_name:
      return copy(out, style_ == TextStyle::raw     ? view_->thread->name
                       : style_ == TextStyle::ascii ? view_->thread->ascii
                                                    : view_->thread->utf8);
    case Hole::thread_id:
      return write_u64(out, view_->thread->id);
    case Hole::line_break:
      if (out == begin_ || out[-1] != '\n') *out++ = '\n';
      return out;
    case Hole::scratch:
      return escape_(out, {scratches_[op.argument].at, scratches_[op.argument].bytes});
  }
  written_[op.argument] = {begin, static_cast<std::size_t>(out - begin)};
  return out;
}

char* Program::copy_earlier(char* out, const Op& op) const {
  const Span& span = written_[op.argument];
  if (span.bytes <= 32) {
    std::memcpy(out, span.at, 32);
    out += span.bytes;
  } else {
    out = copy(out, {span.at, span.bytes});
  }
  if (op.hole == Hole::again) return out;
  const auto value = load<double>(view_->payload + op.offset);
  if (!std::isfinite(value)) return write_json_number(out - span.bytes, value);
  // libfmt writes 1 where JSON needs 1.0; from 1e16 on both write an exponent.
  return looks_integral(value) ? copy(out, ".0") : out;
}

char* Program::write_json(char* out, std::string_view value) {
  std::string text;
  rewrite_json(text, value, json_);
  return copy(out, text);
}

}  // namespace xylem::format
