#pragma once

#include <string>
#include <string_view>

#include "record/view.hpp"

namespace xylem::route {

/// Decides which records pass a logger or a handler. What most filters see is the same for every
/// record of a call site and logger, so they are asked once for a route and not once a record;
/// immutable, hence usable from any thread.
class Filter {
 public:
  virtual ~Filter() = default;
  virtual bool passes(std::string_view logger, int levelno) const = 0;

  /// Whether it is to be asked about each record that passes by level and logger, too. That takes
  /// the record off the quick way.
  virtual bool sees_records() const { return false; }

  /// On the consumer thread. What it throws costs the record where the filter stands.
  virtual bool passes(const record::View& view) const {
    static_cast<void>(view);
    return true;
  }
};

/// `logging.Filter`: the logger of that name and those below it; the empty name passes all.
class NameFilter final : public Filter {
 public:
  explicit NameFilter(std::string name);
  using Filter::passes;
  bool passes(std::string_view logger, int levelno) const override;

 private:
  std::string name_;
};

/// Levels up to a highest one.
class MaxLevelFilter final : public Filter {
 public:
  explicit MaxLevelFilter(int max_level) : max_level_{max_level} {}
  using Filter::passes;
  bool passes(std::string_view, int levelno) const override { return levelno <= max_level_; }

 private:
  int max_level_;
};

/// Whether `name` is `ancestor` or below it in the dotted hierarchy.
bool is_within(std::string_view name, std::string_view ancestor);

}  // namespace xylem::route
