#pragma once

#include <string>
#include <string_view>

namespace xylem::route {

/// Decides which records pass a logger or a handler. Immutable, hence usable from any thread. What
/// it sees is the same for every record of a call site and logger, so it is asked once for a route
/// and not once a record.
class Filter {
 public:
  virtual ~Filter() = default;
  virtual bool passes(std::string_view logger, int levelno) const = 0;
};

/// `logging.Filter`: the logger of that name and those below it; the empty name passes all.
class NameFilter final : public Filter {
 public:
  explicit NameFilter(std::string name);
  bool passes(std::string_view logger, int levelno) const override;

 private:
  std::string name_;
};

/// Levels up to a highest one.
class MaxLevelFilter final : public Filter {
 public:
  explicit MaxLevelFilter(int max_level) : max_level_{max_level} {}
  bool passes(std::string_view, int levelno) const override { return levelno <= max_level_; }

 private:
  int max_level_;
};

/// Whether `name` is `ancestor` or below it in the dotted hierarchy.
bool is_within(std::string_view name, std::string_view ancestor);

}  // namespace xylem::route
