#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "format/timestamp.hpp"
#include "record/value.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// The attributes of Python's LogRecord.
enum class Attribute {
  // The same for every record of a call site and logger:
  name,
  msg,
  levelname,
  levelno,
  pathname,
  filename,
  module,
  lineno,
  func_name,
  process,
  process_name,
  task_name,
  args,
  // Different in each record:
  created,
  msecs,
  relative_created,
  thread,
  thread_name,
  message,
  asctime,
  timestamp,   // not Python's: what the JSON formatters add
  created_ns,  // nor this: nanoseconds since 1970, as text
  exc_info,
  exc_text,
  stack_info,
};

/// The attribute of that name, if there is one.
std::optional<Attribute> find_attribute(std::string_view name);

constexpr bool is_static(Attribute attribute) {
  return attribute < Attribute::created;
}

/// Reads an attribute that needs no rendering: all but message, asctime, timestamp and the
/// exception's. `scratch` keeps the text of a value that stands nowhere else.
record::Value read_attribute(Attribute attribute, const record::View& view, std::string& scratch);

/// `asctime`, by CPython's formatTime. Valid until the renderer's next call. Throws FormatError for
/// a time that no calendar has.
std::string_view render_asctime(const record::View& view, LocalTimeRenderer& renderer);

/// The text of the exception or of the stack, absent when the record has none.
record::Value read_exception(const record::View& view);
record::Value read_stack(const record::View& view);

/// As os.path.basename, and the same without its last extension.
std::string_view base_name(std::string_view path);
std::string_view stem(std::string_view file_name);

}  // namespace xylem::format
