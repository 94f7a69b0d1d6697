#include <algorithm>
#include <memory>

#include "format/floating.hpp"
#include "format/percent.hpp"
#include "format/program.hpp"
#include "format/step_parts.hpp"
#include "format/tree_json.hpp"
#include "format/tree_text.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Kind;

constexpr std::size_t padding_bytes = 64;
constexpr std::size_t hole_bytes = 32;  // the most that a hole of bounded size takes
static_assert(max_floating_bytes <= hole_bytes && IsoUtcRenderer::max_bytes <= hole_bytes);

/// How `{}` shows an argument in a message.
Hole message_hole(Kind kind) {
  switch (kind) {
    case Kind::int64:
      return Hole::int64;
    case Kind::uint64:
      return Hole::uint64;
    case Kind::int32:
      return Hole::int32;
    case Kind::uint32:
      return Hole::uint32;
    case Kind::float64:
      return Hole::float64;
    case Kind::float32:
      return Hole::float32;
    case Kind::boolean:
      return Hole::boolean;
    case Kind::character:
      return Hole::character;
    case Kind::pointer:
      return Hole::pointer;
    case Kind::null:
      return Hole::none;
    default:
      return Hole::string;
  }
}

/// How a JSON value shows it.
Hole json_hole(Kind kind) {
  switch (kind) {
    case Kind::float64:
      return Hole::float64_json;
    case Kind::float32:
      return Hole::float32_json;
    case Kind::json:
      return Hole::json;
    default:
      return message_hole(kind);
  }
}

bool is_quoted(Kind kind) {
  switch (kind) {
    case Kind::character:
    case Kind::pointer:
    case Kind::string:
    case Kind::rendered:
    case Kind::exception:
    case Kind::stack:
      return true;
    default:
      return false;
  }
}

bool has_string(Hole hole) {
  return hole == Hole::string || hole == Hole::json;
}

}  // namespace

std::string styled(std::string_view text, TextStyle style) {
  if (style == TextStyle::raw) return std::string{text};
  std::string out(max_escaped_bytes(text.size()) + padding_bytes, '\0');
  const char* const end =
      style == TextStyle::ascii ? escape_ascii(out.data(), text) : escape_utf8(out.data(), text);
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

ProgramBuilder::ProgramBuilder(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                               const JsonStyle& json, const EscapeKernel& kernel)
    : program_{site, style, clock, json, kernel}, standing_(site.arguments.size(), Hole::none) {}

void ProgramBuilder::text(std::string_view text) {
  program_.constants_ += text;
}

void ProgramBuilder::escaped(std::string_view text) {
  this->text(styled(text, program_.style_));
}

void ProgramBuilder::push_op(Hole hole, std::size_t text_bytes, std::uint32_t offset,
                             std::size_t argument) {
  program_.ops_.push_back({step_for(*program_.steps_, hole, text_bytes),
                           static_cast<std::uint16_t>(text_bytes),
                           static_cast<std::uint16_t>(argument), offset});
}

void ProgramBuilder::push(Hole hole, std::uint32_t offset, std::size_t argument) {
  if (argument > 0xffff) {
    throw FormatError{"more arguments than a line can take"};
  }
  const std::size_t end = program_.constants_.size();
  program_.fixed_bound_ += end - text_begin_ + hole_bytes;
  for (; end - text_begin_ > Op::max_text_bytes; text_begin_ += Op::max_text_bytes) {
    push_op(Hole::none, Op::max_text_bytes, 0, 0);
  }
  // All beyond go by one place of Workspace::written.
  if (step_detail::is_quick_number(hole)) argument = step_detail::place_of(argument);
  push_op(hole, end - text_begin_, offset, argument);
  text_begin_ = end;
}

void ProgramBuilder::hole(Hole hole) {
  if (hole == Hole::thread_name) {
    program_.fixed_bound_ += max_escaped_bytes(record::max_thread_name_bytes);
  }
  push(hole, 0, 0);
}

void ProgramBuilder::local_time(std::size_t most_bytes) {
  program_.fixed_bound_ += max_escaped_bytes(most_bytes);
  push(Hole::local_time, 0, 0);
}

void ProgramBuilder::render(Hole hole, Program::Render render) {
  push(hole, 0, program_.renders_.size());
  program_.renders_.push_back(std::move(render));
}

void ProgramBuilder::scratch(Program::Render render) {
  this->render(Hole::scratch, std::move(render));
}

void ProgramBuilder::final_scratch(Program::Render render) {
  this->render(Hole::final_scratch, std::move(render));
}

void ProgramBuilder::argument(std::size_t index, Hole hole) {
  const record::Argument& argument = program_.site_->arguments[index];
  const Hole earlier = standing_[index];
  if (has_string(hole)) ++program_.string_uses_;
  has_json_ = has_json_ || hole == Hole::json;
  if (earlier == hole) {
    push(hole == Hole::string ? Hole::again_as_text : Hole::again, argument.offset, index);
  } else if (earlier == Hole::float64 && hole == Hole::float64_json) {
    push(Hole::again_as_float, argument.offset, index);
  } else {
    push(hole, argument.offset, index);
    if (hole == Hole::string) string_ops_.push_back(program_.ops_.size() - 1);
    if (step_detail::is_remembered(hole) && index < Workspace::ready_arguments) {
      standing_[index] = hole;
    }
  }
}

void ProgramBuilder::argument_text(std::size_t index) {
  const Kind kind = program_.site_->arguments[index].kind;
  if (kind == Kind::null) {
    text("0x0");  // as libfmt shows a null pointer
  } else if (kind == Kind::structured) {
    scratch([index](fmt::memory_buffer& out, const record::View& view) {
      append_tree_text(out, record::read_value(view, index).text);
    });
  } else {
    argument(index, message_hole(kind));
  }
}

void ProgramBuilder::message() {
  for (Segment& segment : parse_message(*program_.site_)) {
    escaped(segment.text);
    if (segment.argument == Segment::none) continue;
    const auto index = static_cast<std::size_t>(segment.argument);
    if (segment.spec.empty()) {
      argument_text(index);
    } else {
      // Shared because a std::function must be copyable, and libfmt's argument store is not.
      scratch([segment = std::move(segment), arguments = std::make_shared<FmtArguments>()](
                  fmt::memory_buffer& out, const record::View& view) {
        arguments->assign(*view.site, view.payload);
        arguments->format(out, segment);
      });
    }
  }
}

void ProgramBuilder::json_value(std::size_t index) {
  const Kind kind = program_.site_->arguments[index].kind;
  if (kind == Kind::null) {
    text("null");
    return;
  }
  if (kind == Kind::structured) {
    final_scratch(
        [index, style = program_.json_](fmt::memory_buffer& out, const record::View& view) {
          std::string json;
          append_tree_json(json, record::read_value(view, index).text, style);
          out.append(json);
        });
    return;
  }
  if (is_quoted(kind)) text("\"");
  argument(index, json_hole(kind));
  if (is_quoted(kind)) text("\"");
}

/// Every string stands in the line once, and they come as in the payload.
bool ProgramBuilder::has_strings_in_order() const {
  const auto stands_at = [this](const Program::StringArgument& string, std::size_t op) {
    return program_.ops_[op].argument == string.argument;
  };
  return std::equal(program_.strings_.begin(), program_.strings_.end(), string_ops_.begin(),
                    string_ops_.end(), stands_at);
}

Program ProgramBuilder::finish() {
  push(Hole::end, 0, 0);
  program_.constants_.append(padding_bytes, '\0');
  program_.ops_.shrink_to_fit();
  program_.is_bounded_ = program_.site_->arguments.size() <= Workspace::ready_arguments &&
                         program_.strings_.empty() && program_.renders_.empty();
  program_.is_quick_ = program_.site_->arguments.size() <= Workspace::ready_arguments &&
                       program_.renders_.empty() && !has_json_ && has_strings_in_order();
  if (program_.is_quick_) {
    for (const std::size_t op : string_ops_) {
      program_.ops_[op].step =
          step_for(*program_.steps_, Hole::next_string, program_.ops_[op].text_bytes);
    }
  }
  return std::move(program_);
}

}  // namespace xylem::format
