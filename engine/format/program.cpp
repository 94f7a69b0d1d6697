#include "format/program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "format/floating.hpp"
#include "format/json_value.hpp"
#include "format/step_parts.hpp"
#include "record/payload.hpp"

namespace xylem::format {

using record::load;
using record::View;

Program::Program(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                 const JsonStyle& json, const EscapeKernel& kernel)
    : steps_{&kernel.steps[static_cast<std::size_t>(style)]},
      clock_{&clock},
      style_{style},
      site_{&site},
      json_{json},
      growth_{
          std::max({max_escaped_bytes(1), json.item_separator.size(), json.key_separator.size()})} {
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

std::optional<QuickProgram> Program::quick() const {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  const std::size_t per_slot = max_escaped_bytes(detail::slot_bytes) * string_uses_;
  if (!is_quick_ || fixed_bound_ > most || per_slot > most) return std::nullopt;
  return QuickProgram{ops_.data(),
                      constants_.data(),
                      clock_,
                      static_cast<std::uint32_t>(fixed_bound_),
                      static_cast<std::uint32_t>(per_slot),
                      site_->fixed_bytes};
}

void Program::put_in_front(std::string_view text) {
  constants_.insert(0, text);
  fixed_bound_ += text.size();
  std::vector<Op> ops;
  for (std::size_t left = text.size(); left > 0;) {
    const std::size_t bytes = std::min(left, Op::max_text_bytes);
    ops.push_back({step_for(*steps_, Hole::none, bytes), static_cast<std::uint16_t>(bytes), 0, 0});
    left -= bytes;
  }
  ops_.insert(ops_.begin(), ops.begin(), ops.end());
}

std::size_t Program::prepare_variable(const View& view, Workspace& work) const {
  const std::size_t arguments = site_->arguments.size();
  if (work.starts.size() < arguments) [[unlikely]]
    work.starts.resize(arguments);
  work.tail = reinterpret_cast<const char*>(view.payload) + site_->fixed_bytes;
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
  return fixed_bound_ + variable * growth_;
}

char* Program::write_json(char* out, std::string_view value) const {
  std::string text;
  rewrite_json(text, value, json_);
  return step_detail::copy(out, text);
}

char* step_detail::write_pointer(char* out, std::uint64_t address) {
  const fmt::format_to_n_result<char*> result = fmt::format_to_n(out, 18, "{:#x}", address);
  return result.out;
}

char* step_detail::finish_float(char* begin, char* end, double value) {
  if (char* const finished = finish_float_quickly(end, value)) return finished;
  return std::isfinite(value) ? end : write_json_number(begin, value);
}

}  // namespace xylem::format
