#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/attribute.hpp"
#include "format/formatter.hpp"
#include "format/json_members.hpp"
#include "format/json_presets.hpp"
#include "format/json_value.hpp"
#include "format/python_json_members.hpp"

namespace xylem::format {

/// One JSON object a record, as the guideline's MyJSONFormatter lays it out: the keys of `fmt_keys`
/// in their order, then message, timestamp, exc_info and stack_info unless mapped, then the fields.
/// A field whose key stands already replaces the value in its place. Or as python-json-logger does.
class JsonFormatter final : public Formatter {
 public:
  struct Options {
    std::vector<std::pair<std::string, std::string>> fmt_keys;  // {key in the output, attribute}
    bool ensure_ascii = true;
    std::string item_separator = ", ";
    std::string key_separator = ": ";
    std::optional<PythonJsonLayout> python_json{};  // then fmt_keys do not count
    std::string datefmt{};                          // of asctime; empty: CPython's default
    std::string prefix{};                           // before the object
    std::optional<PresetLayout> preset{};           // then fmt_keys do not count either
  };

  explicit JsonFormatter(Options options);

  Program compile(const record::Site& site, std::string_view logger,
                  std::string_view terminator) override;
  void format(std::string& out, const record::View& view) override;

 private:
  TextStyle text_style() const;
  std::vector<JsonMember> members_of(const record::View& view) const;
  static void compile_trace(ProgramBuilder& builder, record::Kind kind, const record::Site& site);
  void compile_attribute(ProgramBuilder& builder, Attribute attribute, const record::View& sample);
  void format_attribute(std::string& out, Attribute attribute, const record::View& view);

  Options options_;
  JsonStyle style_;  // views into the options
  IsoUtcRenderer clock_;
  LocalTimeRenderer asctime_;
};

}  // namespace xylem::format
