#pragma once
/// @file
/// A program's own formatters and filters, as the engine's.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <xylem/extend.hpp>

#include "format/formatter.hpp"
#include "format/timestamp.hpp"
#include "route/filter.hpp"

namespace xylem::extend {

/// Formatters whose lines are made one record at a time, by format() alone.
class WholeLineFormatter : public format::Formatter {
 public:
  format::Program compile(const record::Site& site, std::string_view logger,
                          std::string_view terminator) override;

 private:
  format::IsoUtcRenderer clock_;
};

class OwnFormatter final : public WholeLineFormatter {
 public:
  explicit OwnFormatter(std::unique_ptr<xylem::Formatter> own) : own_{std::move(own)} {}

  /// Throws FormatError with the text of what the program's formatter threw.
  void format(std::string& out, const record::View& view) override;

 private:
  std::unique_ptr<xylem::Formatter> own_;
};

/// What travels to a program's own handler: the record itself, packed, before the line that the
/// handler's formatter makes of it.
///
///     | bytes of the record, 32 bits | the record | the line
class PackingFormatter final : public WholeLineFormatter {
 public:
  explicit PackingFormatter(std::shared_ptr<format::Formatter> line) : line_{std::move(line)} {}

  void format(std::string& out, const record::View& view) override;

 private:
  std::shared_ptr<format::Formatter> line_;
};

/// A PackingFormatter's line taken apart. False for bytes that it has not written.
bool split_packed(std::string_view bytes, std::string_view& record, std::string_view& line);

class OwnFilter final : public route::Filter {
 public:
  explicit OwnFilter(std::unique_ptr<xylem::Filter> own) : own_{std::move(own)} {}

  bool passes(std::string_view, int) const override { return true; }
  bool sees_records() const override { return true; }
  bool passes(const record::View& view) const override;

 private:
  std::unique_ptr<xylem::Filter> own_;
};

}  // namespace xylem::extend
