#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/view.hpp"
#include "route/note.hpp"
#include "route/rewritten.hpp"

namespace xylem::route {

class CallSampler;
struct SamplingRule;

/// Decides which records pass a logger or a handler. What most filters see is the same for every
/// record of a call site and logger, so they are asked once for a route and not once a record;
/// these are immutable, hence usable from any thread.
///
/// One that sees records may remember them: it belongs to the consumer then, and to one place, so
/// that a filter that two handlers name counts for each of them.
class Filter {
 public:
  Filter() = default;
  virtual ~Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  virtual bool passes(std::string_view logger, int levelno) const = 0;

  /// Whether it is to be asked about each record that passes by level and logger, too. That takes
  /// the record off the quick way.
  virtual bool sees_records() const { return false; }

  /// On the consumer thread. What it throws costs the record where the filter stands.
  virtual bool passes(const record::View& view) const {
    static_cast<void>(view);
    return true;
  }

  /// Makes another record of one that passes, for what stands behind the filter. False: it goes on
  /// as it is, and `into` does not matter.
  virtual bool rewrite(const record::View& view, Rewritten& into) const {
    static_cast<void>(view);
    static_cast<void>(into);
    return false;
  }

  /// Whether it tells of what it has held back.
  virtual bool tells() const { return false; }

  /// What there is to tell at that time (of a record that has just been asked about, or now), once;
  /// at the end whatever there is. Goes behind the filter, in front of that record.
  virtual std::optional<Note> take_note(std::int64_t now_ns, bool is_end) const {
    static_cast<void>(now_ns);
    static_cast<void>(is_end);
    return std::nullopt;
  }

  /// A logger that a configuration names anew loses it, unlike others, of which CPython's loggers
  /// get more and more: sampled twice, a tenth would become a hundredth. Set by build() alone.
  mutable bool goes_with_configuration = false;

  /// Set for one that calls ask themselves, before anything is copied.
  virtual const SamplingRule* rule_for_calls() const { return nullptr; }
  /// Where it finds what those calls held back.
  virtual void use(CallSampler& sampler) const { static_cast<void>(sampler); }
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

/// Levels from a lowest one up to a highest one.
class LevelFilter final : public Filter {
 public:
  LevelFilter(int min_level, int max_level) : min_level_{min_level}, max_level_{max_level} {}
  using Filter::passes;
  bool passes(std::string_view, int levelno) const override {
    return min_level_ <= levelno && levelno <= max_level_;
  }

 private:
  int min_level_;
  int max_level_;
};

/// Whether `name` is `ancestor` or below it in the dotted hierarchy.
bool is_within(std::string_view name, std::string_view ancestor);

}  // namespace xylem::route
