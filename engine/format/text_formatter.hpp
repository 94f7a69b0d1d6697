#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/attribute.hpp"
#include "format/formatter.hpp"
#include "format/pattern.hpp"
#include "format/timestamp.hpp"

namespace xylem::format {

/// Python's logging.Formatter: a pattern over the record's attributes and fields, then the texts of
/// exception and stack, each on a line of its own.
class TextFormatter final : public Formatter {
 public:
  /// The value of an attribute that a record lacks.
  struct Default {
    std::string name;
    record::Value value;
    std::string text{};  // of a value that is text or JSON
  };

  struct Options {
    std::string format = "%(message)s";
    std::string datefmt{};  // for strftime; empty: CPython's default with milliseconds
    std::vector<Default> defaults{};
    PatternStyle style = PatternStyle::percent;
    std::string default_time_format = TimeLayout{}.default_time_format;
    std::string default_msec_format = TimeLayout{}.default_msec_format;
    bool is_utc = false;
  };

  /// A pattern that Python refuses is refused as in CPython: when a record is formatted.
  explicit TextFormatter(Options options);

  Program compile(const record::Site& site, std::string_view logger,
                  std::string_view terminator) override;
  void format(std::string& out, const record::View& view) override;

 private:
  struct Piece {
    PatternPiece source;
    std::optional<Attribute> attribute;  // none: a field, a default, or missing
  };

  void compile_piece(ProgramBuilder& builder, const Piece& piece, const record::View& sample);
  bool compile_plain(ProgramBuilder& builder, const Piece& piece, const record::Site& site);
  bool is_constant(const Piece& piece, const record::View& sample) const;
  void apply(std::string& out, const Piece& piece, const record::View& view);
  void show(std::string& out, const Piece& piece, const record::Value& value,
            const record::View& view);
  const Default* find_default(const std::string& name, const record::View& view) const;
  record::Value read(const std::string& name, std::optional<Attribute> attribute,
                     const record::View& view, std::string& scratch);

  Options options_;
  std::vector<Piece> pieces_;
  std::string pattern_error_;  // of a pattern that no record can be formatted with
  LineClock clock_;
};

}  // namespace xylem::format
