#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "route/capture.hpp"
#include "route/handler.hpp"
#include "route/recorder_rule.hpp"

namespace xylem::route {

/// What configuration says of one logger.
struct LoggerNode {
  int level = 0;  // NOTSET: the parent's counts
  bool propagate = true;
  bool disabled = false;
  std::vector<std::shared_ptr<const Handler>> handlers;
  Filters filters;
};

/// A handler that a logger's records reach, with all that stands before it: one with a sink, or a
/// memory.
struct Leaf {
  const Handler* handler;
  int level;  // the highest of those on the way
  std::vector<const Filters*> filters;

  bool takes(std::string_view logger, int levelno) const;

  /// Those that have to be asked about each record that it takes.
  std::vector<const Filters*> filters_that_see_records() const;
};

/// The loggers of one configuration, by the rules of Python's logging: levels are inherited,
/// records go to the handlers of their logger and of its ancestors. A value: copied to make the
/// next configuration, never changed while in force.
class Tree {
 public:
  static constexpr int off = 1 << 30;  // a threshold that no level reaches

  Tree();

  /// The node of that name ("root" for the root), made when missing.
  LoggerNode& node(std::string_view name);
  const LoggerNode* find(std::string_view name) const;

  /// Every handler of the configuration, whether a logger uses it or not.
  std::vector<std::shared_ptr<const Handler>> handlers;

  /// Handlers of configurations before this one that loggers still have.
  std::vector<std::shared_ptr<const Handler>> left;

  /// Those that tests have in force: they stay while configurations come and go.
  std::vector<Capture> captures;

  /// Flight recorders, in the order of the config.
  std::vector<RecorderRule> recorders;

  /// The lowest level that a call of this logger lets pass; `off` when it is disabled.
  int threshold(std::string_view logger) const;

  /// The same, as if there were no captures and recorders: what is configured.
  int configured_threshold(std::string_view logger) const;

  /// The recorder that keeps the records of that level: the nearest one, when the logger's own
  /// level refuses them.
  std::optional<std::size_t> recorder_of(std::string_view logger, int levelno) const;

  /// The recorders that a record has written. One that tells of the end of the process, all.
  std::vector<std::size_t> recorders_fired_by(std::string_view logger, int levelno) const;

  /// Where the records of this logger may go, in Python's order; the last resort when there is no
  /// handler at all. Empty when the logger's own filters refuse the level. The pointers live as
  /// long as the tree.
  std::vector<Leaf> leaves(std::string_view logger) const;

  /// Where a recorder's records go: at once, and once they are asked for. Captures get everything
  /// at once.
  std::vector<Leaf> leaves_at_once(std::string_view logger) const;
  std::vector<Leaf> leaves_at_last(std::string_view logger) const;

  bool logger_passes(std::string_view logger, int levelno) const;

  /// The filters of the logger, if one of them has to see each record; else null.
  const Filters* filters_that_see_records(std::string_view logger) const;

  /// The filter by whose rule calls of the logger are sampled; null: none.
  const Filter* filter_for_calls(std::string_view logger) const;

  /// Where records go that a memory passes on.
  static std::vector<Leaf> leaves_behind(const Handler& memory);

  /// Where records go that have reached the handler, whatever its level.
  static std::vector<Leaf> leaves_from(const Handler& handler);

  /// The distinct sinks of all handlers, the last resort's included.
  std::vector<sink::Sink*> sinks() const;

  /// Lines for the last resort go to the sink that other handlers of stderr have, so that all keep
  /// the order of the records.
  void write_last_resort_to(std::shared_ptr<sink::Sink> sink);
  const std::shared_ptr<sink::Sink>& last_resort_sink() const { return last_resort_->sink; }

  /// The same tree with other sinks: `replace` is asked once for each way to a handler that has
  /// one; `memory` is the number of the first memory on that way, if there is one, in the order of
  /// the handlers. Shares the formatters with this tree, but for the last resort's. A memory and a
  /// recorder pass on each record at once: this is for looking at lines of the past. Without what
  /// is left of former configurations, of which a process that died with this one need not have
  /// known.
  using Replace =
      std::function<std::shared_ptr<sink::Sink>(sink::Sink&, std::optional<std::size_t> memory)>;
  Tree with_sinks(const Replace& replace) const;

  const std::map<std::string, LoggerNode, std::less<>>& nodes() const { return nodes_; }
  std::map<std::string, LoggerNode, std::less<>>& nodes() { return nodes_; }

 private:
  const RecorderRule* recorder_above(std::string_view logger) const;

  std::map<std::string, LoggerNode, std::less<>> nodes_;
  std::shared_ptr<const Handler> last_resort_;
};

/// The name above this one in the dotted hierarchy: "root" at last, and nothing above the root.
std::string_view parent_of(std::string_view name);

}  // namespace xylem::route
