#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "record/view.hpp"

namespace xylem::format {

class IsoUtcRenderer;
class Program;

/// What stands between two constant texts of a line.
enum class Hole : std::uint8_t {
  none,   // nothing: a text that is too long for one step
  int64,  // the argument's payload as digits
  uint64,
  int32,
  uint32,
  float64,  // as libfmt's {}
  float32,
  float64_json,  // as json.dumps
  float32_json,
  boolean,
  character,
  pointer,
  string,
  next_string,  // the same where the strings stand in the line as in the payload
  json,
  again,           // a number that stands earlier in the line in the same form
  again_as_float,  // float64 that stands earlier as libfmt writes it
  again_as_text,   // a string that stands earlier in the line
  timestamp,       // UTC, ISO 8601
  local_time,      // as a LineClock's formatter shows it
  thread_name,
  thread_id,
  line_break,     // '\n' unless the line so far ends in one
  scratch,        // rendered by Program::prepare()
  final_scratch,  // the same, in its final form
  end,            // of the line
};
inline constexpr std::size_t hole_count = static_cast<std::size_t>(Hole::end) + 1;

/// How text goes into a line: as it is, or as the body of a JSON string.
enum class TextStyle : std::uint8_t { raw, ascii, utf8 };
inline constexpr std::size_t style_count = 3;

/// What rendering needs besides the program: memory that all programs of a consumer share, so that
/// it stays in the nearest cache. Belongs to the record taken in by the last Program::prepare().
struct Workspace {
  /// An argument as it stands in the line, should it come again. A kernel may put the text of a
  /// number here as well: to read it back out of the line, where later stores overlap it, would
  /// have to wait for all of these.
  struct alignas(64) Written {
    const char* at;
    std::size_t bytes;
    std::size_t json_bytes;  // of a double kept as libfmt writes it: as JSON; 0: nobody knows
    char room[40] = {'-', '-', '-', '-', '-', '-', '-', '-'};  // the text, behind its sign

    char* text() { return room + 8; }  // aligned to 32 bytes
  };

  /// How many arguments may come again, and as many as there is room for from the start.
  static constexpr std::size_t ready_arguments = 32;

  // Of the record:
  const record::Thread* thread = nullptr;
  std::int64_t time_ns = 0;
  const std::byte* payload = nullptr;
  const char* tail = nullptr;  // the strings that have not been rendered yet

  const Program* program = nullptr;
  IsoUtcRenderer* clock = nullptr;
  const char* line = nullptr;                                                   // its begin
  std::vector<const char*> starts = std::vector<const char*>(ready_arguments);  // of strings
  std::array<Written, ready_arguments + 1> written{};  // the last: of all arguments beyond
  fmt::memory_buffer scratch;                          // what prepare() rendered
  std::vector<std::size_t> scratch_ends;
};

struct Op;

/// Copies the text of `op`, fills its hole, and goes on with the next step by a tail call: all
/// state is in registers, and each step has a jump of its own, which the branch predictor tells
/// from the others. Returns the end of the line.
using Step = char* (*)(char* out, const char* text, const Op* op, const std::byte* payload,
                       Workspace& work);

/// Constant text, then a hole.
struct Op {
  static constexpr std::size_t max_text_bytes = 0xffff;

  Step step;
  std::uint16_t text_bytes;
  std::uint16_t argument;  // index; of a scratch hole: its index among them
  std::uint32_t offset;    // of the argument's fixed part
};

/// The steps of one style by their holes, twice: for texts up to short_text_bytes, which most are,
/// and for longer ones. A short one takes one store that seldom crosses a cache line.
using Steps = std::array<std::array<Step, hole_count>, 2>;
inline constexpr std::size_t short_text_bytes = 32;

inline Step step_for(const Steps& steps, Hole hole, std::size_t text_bytes) {
  return steps[text_bytes > short_text_bytes ? 1 : 0][static_cast<std::size_t>(hole)];
}

}  // namespace xylem::format
