#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "format/escape.hpp"
#include "format/json_value.hpp"
#include "format/message.hpp"
#include "format/timestamp.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// How text goes into a line: as it is, or as the body of a JSON string.
enum class TextStyle : std::uint8_t { raw, ascii, utf8 };

/// A line that was compiled for one call site, logger and formatter: constant text, escaped once
/// and for all, around holes that each record fills.
///
///     constants:  {"level": "INFO", "message": "user |  logged in", "timestamp": "| ", ...
///     "user_id": | }\n ops:        [text][string arg 0]               [text][timestamp]  ...
///     [text][int arg 1]
///
/// Rendering allocates nothing once its scratch memory has grown to its size. Belongs to the
/// consumer thread.
class Program {
 public:
  enum class Hole : std::uint8_t {
    none,   // the text at the end
    int64,  // the argument's payload as digits
    uint64,
    float64,  // as libfmt's {}
    float32,
    float64_json,  // as json.dumps
    float32_json,
    boolean,
    character,
    pointer,
    string,
    json,
    again,           // an argument that stands earlier in the line in the same form
    again_as_float,  // float64 that stands earlier as libfmt writes it
    timestamp,       // UTC, ISO 8601
    thread_name,
    thread_id,
    line_break,  // '\n' unless the line so far ends in one
    scratch,     // rendered by prepare()
  };

  /// Constant text, then a hole.
  struct Op {
    std::uint32_t text_at;
    std::uint32_t text_bytes;
    std::uint32_t offset;    // of the argument's fixed part
    std::uint16_t argument;  // index; of a scratch hole: its index among them
    Hole hole;
  };

  /// What prepare() renders for one scratch hole: appends it, unescaped, to the buffer.
  using Render = std::function<void(fmt::memory_buffer& out, const record::View& view)>;

  /// Renders nothing yet; built by ProgramBuilder.
  Program(const record::Site& site, TextStyle style, IsoUtcRenderer& clock, const JsonStyle& json);

  /// Takes in a record; must precede render(). Returns the most bytes its line can take. Throws
  /// FormatError when the record cannot be formatted.
  std::size_t prepare(const record::View& view);

  /// Writes the line of the record taken in; `out` has room for as many bytes as prepare() said and
  /// 64 more, which may be overwritten. Returns the end.
  char* render(char* out);

 private:
  friend class ProgramBuilder;

  struct Span {
    const char* at;
    std::size_t bytes;
  };

  std::size_t string_bytes() const;
  char* fill(char* out, const Op& op);
  char* write_escaped(char* out, std::string_view text) const;
  char* write_json(char* out, std::string_view value);
  char* copy_earlier(char* out, const Op& op) const;

  const record::Site* site_;
  const record::View* view_ = nullptr;
  const char* begin_ = nullptr;  // of the line
  TextStyle style_;
  JsonStyle json_;
  IsoUtcRenderer* clock_;
  EscapeKernel::Function escape_;

  std::string constants_;  // padded, so that copies may read beyond a text's end
  std::vector<Op> ops_;
  std::size_t fixed_bound_ = 0;  // constants and holes of bounded size
  std::size_t string_uses_ = 0;  // how often the strings' bytes may appear at most
  std::size_t thread_name_uses_ = 0;

  std::vector<const char*> starts_;  // of the string arguments of the record taken in
  std::vector<Span> written_;        // where each argument stands in the line so far

  std::vector<Render> renders_;
  fmt::memory_buffer scratch_;
  std::vector<Span> scratches_;
  std::vector<std::size_t> scratch_ends_;
};

/// Builds a Program from left to right.
class ProgramBuilder {
 public:
  /// `json` is how JSON arguments are laid out; what it refers to outlives the Program.
  ProgramBuilder(const record::Site& site, TextStyle style, IsoUtcRenderer& clock,
                 const JsonStyle& json = {});

  /// Constant text, in its final form.
  void text(std::string_view text);
  /// Constant text that the style still has to escape.
  void escaped(std::string_view text);
  /// A hole without an argument.
  void hole(Program::Hole hole);
  /// Anything else, rendered before the line and escaped as the style says.
  void scratch(Program::Render render);
  /// The message, without quotes.
  void message();
  /// An argument as `{}` shows it.
  void argument_text(std::size_t index);
  /// An argument as a JSON value, with quotes if it is text.
  void json_value(std::size_t argument);

  Program finish();

 private:
  void argument(std::size_t index, Program::Hole hole);
  void push(Program::Hole hole, std::uint32_t offset, std::size_t argument);

  Program program_;
  std::size_t text_begin_ = 0;
  std::vector<Program::Hole> standing_;  // how each argument stands in the line so far
};

/// `text` as the body of a JSON string, or as it is.
std::string styled(std::string_view text, TextStyle style);

}  // namespace xylem::format
