#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <fmt/args.h>
#include <fmt/format.h>

#include "format/attribute.hpp"
#include "record/site.hpp"
#include "record/view.hpp"

namespace xylem::format {

/// A piece of a message: constant text, then one argument unless `argument` is none.
struct Segment {
  static constexpr int none = -1;

  std::string text;
  int argument = none;
  /// "{2:>5}" in terms of the site's arguments, for libfmt; empty: the argument as `{}` shows it.
  std::string spec;
  std::string source;        ///< The same as the format string has it.
  std::vector<int> sizes{};  ///< The arguments that the spec takes a width or precision from.
};

/// A call site's format string taken apart. What was checked at compile time is not checked again;
/// a `{name}` that no field bears stays as it stands, and so does a width beyond max_width.
std::vector<Segment> parse_message(const record::Site& site);

/// The arguments of one record as libfmt takes them. Refers to the payload.
class FmtArguments {
 public:
  void assign(const record::Site& site, const std::byte* payload);

  /// Appends a segment's argument formatted by its spec. A specification that libfmt refuses (only
  /// a named one can be unchecked), or a width that is negative or beyond max_width, is appended as
  /// it stands.
  void format(fmt::memory_buffer& out, const Segment& segment) const;

 private:
  fmt::dynamic_format_arg_store<fmt::format_context> store_;
  std::vector<fmt::string_view> texts_;
  std::vector<const char*> starts_;
};

/// A site's message, taken apart once for all its records.
class Message {
 public:
  explicit Message(const record::Site& site);

  /// Appends the message of a record of the site.
  void append(std::string& out, const record::View& view);

 private:
  struct Part {
    Segment segment;  // its spec is never empty
    bool is_plain;
  };

  std::vector<Part> parts_;
  // Kept from record to record for their memory.
  std::vector<const char*> starts_;
  FmtArguments arguments_;
  fmt::memory_buffer buffer_;
};

/// The whole message of any record.
std::string render_message(const record::View& view);

/// read_attribute(), and the message and the texts of exception and stack too; not the two forms of
/// the time that depend on a formatter.
record::Value read_any(Attribute attribute, const record::View& view, std::string& scratch);

}  // namespace xylem::format
