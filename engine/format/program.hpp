#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/escape.hpp"
#include "format/json_value.hpp"
#include "format/message.hpp"
#include "format/step.hpp"
#include "format/timestamp.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// What the line of nearly every record takes of its program, small enough to stand in the cache
/// line that leads to it: the bound follows from the number of slots, the strings are in order, and
/// nothing can fail. The Program outlives it.
struct QuickProgram {
  const Op* ops;
  const char* constants;
  IsoUtcRenderer* clock;
  std::uint32_t fixed_bound;
  std::uint32_t bound_per_slot;
  std::uint32_t fixed_bytes;  // of the payload, in front of the strings

  /// The most bytes that the line of a record of so many slots takes.
  std::size_t bound(std::uint64_t slots) const { return fixed_bound + bound_per_slot * slots; }

  /// As Program::render().
  char* render(char* out, const std::byte* payload, const record::Thread& thread,
               std::int64_t time_ns, Workspace& work) const {
    work.thread = &thread;
    work.time_ns = time_ns;
    work.tail = reinterpret_cast<const char*>(payload) + fixed_bytes;
    work.clock = clock;
    work.line = out;
    return ops->step(out, constants, ops, payload, work);
  }
};

/// A line that was compiled for one call site, logger and formatter: constant text, escaped once
/// and for all, around holes that each record fills.
///
///     constants_  {"level": "INFO", "message": "user | logged in", "timestamp": "| ...  | }\n
///     ops_        [34, string arg 0]                [28, timestamp]             ... [2, none]
///
/// Both are read from front to back, and are all that a line reads of its program: with many call
/// sites in rotation it is the cache misses that count. Rendering allocates nothing once the
/// workspace has grown to its size. Belongs to the consumer thread.
class Program {
 public:
  using Hole = format::Hole;

  /// What prepare() renders for one scratch hole: appends it, unescaped, to the buffer.
  using Render = std::function<void(fmt::memory_buffer& out, const record::View& view)>;

  /// Renders nothing yet; built by ProgramBuilder.
  Program(const record::Site& site, TextStyle style, IsoUtcRenderer& clock, const JsonStyle& json,
          const EscapeKernel& kernel);

  /// Takes in a record; must precede render(). Returns the most bytes its line can take. Throws
  /// FormatError when the record cannot be formatted. The view outlives the render().
  std::size_t prepare(const record::View& view, Workspace& work) const {
    work.thread = view.thread;
    work.time_ns = view.time_ns;
    work.payload = view.payload;
    return is_bounded_ ? fixed_bound_ : prepare_variable(view, work);
  }

  /// Writes the line of the record taken in; `out` has room for as many bytes as prepare() said and
  /// 64 more, which may be overwritten. Returns the end.
  char* render(Workspace& work, char* out) const {
    work.program = this;
    work.clock = clock_;
    work.line = out;
    const Op* const first = ops_.data();
    return first->step(out, constants_.data(), first, work.payload, work);
  }

  /// The program for records that are not spilled, if it is one that allows it.
  std::optional<QuickProgram> quick() const;

  /// Constant text before all others, in its final form. Not while there is a QuickProgram.
  void put_in_front(std::string_view text);

  /// Writes a JSON value in the program's style and returns the end.
  char* write_json(char* out, std::string_view value) const;

 private:
  friend class ProgramBuilder;

  struct StringArgument {
    std::uint32_t offset;
    std::uint16_t argument;
  };

  std::size_t prepare_variable(const record::View& view, Workspace& work) const;
  std::size_t find_strings(const record::View& view, Workspace& work) const;

  std::vector<Op> ops_;
  std::string constants_;        // padded, so that copies may read beyond a text's end
  std::size_t fixed_bound_ = 0;  // constants and holes of bounded size
  const Steps* steps_;
  IsoUtcRenderer* clock_;
  TextStyle style_;
  bool is_bounded_ = true;
  bool is_quick_ = false;

  const record::Site* site_;
  JsonStyle json_;
  std::vector<StringArgument> strings_;
  std::size_t string_uses_ = 0;  // how often the strings' bytes may appear at most
  std::size_t growth_;           // the most bytes that one of theirs makes
  std::vector<Render> renders_;
};

/// Builds a Program from left to right.
class ProgramBuilder {
 public:
  /// `json` is how JSON arguments are laid out; what it refers to outlives the Program.
  ProgramBuilder(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                 const JsonStyle& json = {}, const EscapeKernel& kernel = escape_kernel());

  /// Constant text, in its final form.
  void text(std::string_view text);
  /// Constant text that the style still has to escape.
  void escaped(std::string_view text);
  /// A hole without an argument.
  void hole(Hole hole);
  /// The time as the LineClock shows it that is the builder's clock: at most so many bytes.
  void local_time(std::size_t most_bytes);
  /// Anything else, rendered before the line and escaped as the style says.
  void scratch(Program::Render render);
  /// The same, in its final form.
  void final_scratch(Program::Render render);
  /// The message, without quotes.
  void message();
  /// An argument as `{}` shows it.
  void argument_text(std::size_t index);
  /// An argument as a JSON value, with quotes if it is text.
  void json_value(std::size_t argument);

  Program finish();

 private:
  void argument(std::size_t index, Hole hole);
  void render(Hole hole, Program::Render render);
  void push(Hole hole, std::uint32_t offset, std::size_t argument);
  bool has_strings_in_order() const;
  void push_op(Hole hole, std::size_t text_bytes, std::uint32_t offset, std::size_t argument);

  Program program_;
  std::size_t text_begin_ = 0;
  std::vector<Hole> standing_;           // how each argument stands in the line so far
  std::vector<std::size_t> string_ops_;  // the holes that are filled with a string's bytes
  bool has_json_ = false;
};

/// `text` as the body of a JSON string, or as it is.
std::string styled(std::string_view text, TextStyle style);

}  // namespace xylem::format
