#include "route/tree.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <unistd.h>

#include "format/text_formatter.hpp"
#include "sink/stream_sink.hpp"

namespace xylem::route {
namespace {

constexpr int warning_level = 30;

/// CPython's lastResort: the bare message of warnings and above, on stderr.
std::shared_ptr<const Handler> make_last_resort(std::shared_ptr<sink::Sink> sink) {
  auto handler = std::make_shared<Handler>();
  handler->name = "lastResort";
  handler->level = warning_level;
  handler->formatter = std::make_shared<format::TextFormatter>(format::TextFormatter::Options{});
  handler->sink = std::move(sink);
  return handler;
}

void add_leaves(std::vector<Leaf>& leaves, const Handler& handler, Leaf way, bool uses_level) {
  if (uses_level) way.level = std::max(way.level, handler.level);
  way.filters.push_back(&handler.filters);
  if (handler.sink != nullptr || handler.memory) {
    way.handler = &handler;
    leaves.push_back(std::move(way));
    return;
  }
  for (const auto& member : handler.members) {
    add_leaves(leaves, *member, way, handler.respect_handler_level);
  }
}

void add_sinks(std::vector<sink::Sink*>& sinks, const Handler& handler) {
  if (handler.sink != nullptr &&
      std::find(sinks.begin(), sinks.end(), handler.sink.get()) == sinks.end()) {
    sinks.push_back(handler.sink.get());
  }
  for (const auto& member : handler.members) add_sinks(sinks, *member);
}

/// Copies handlers, each once for each way to it, so that the copies are shared as the handlers
/// were.
class HandlerCopier {
 public:
  HandlerCopier(const Tree::Replace& replace,
                const std::vector<std::shared_ptr<const Handler>>& handlers)
      : replace_{replace} {
    for (const auto& handler : handlers) {
      if (handler->memory) memories_.emplace(handler.get(), memories_.size());
    }
  }

  void copy_all(std::vector<std::shared_ptr<const Handler>>& handlers,
                std::optional<std::size_t> memory = std::nullopt) {
    for (auto& handler : handlers) handler = copy(handler, memory);
  }

  std::shared_ptr<const Handler> copy(const std::shared_ptr<const Handler>& handler,
                                      std::optional<std::size_t> memory = std::nullopt) {
    std::shared_ptr<const Handler>& known = copies_[{handler.get(), memory}];
    if (known != nullptr) return known;
    auto copied = std::make_shared<Handler>(*handler);
    if (copied->sink != nullptr) copied->sink = replace_(*copied->sink, memory);
    const auto own = memories_.find(handler.get());
    if (own != memories_.end() && !memory) memory = own->second;
    copied->memory.reset();
    copy_all(copied->members, memory);
    return known = std::move(copied);
  }

 private:
  const Tree::Replace& replace_;
  std::map<const Handler*, std::size_t> memories_;  // their numbers
  std::map<std::pair<const Handler*, std::optional<std::size_t>>, std::shared_ptr<const Handler>>
      copies_;
};

}  // namespace

bool Leaf::takes(std::string_view logger, int levelno) const {
  return levelno >= level && std::all_of(filters.begin(), filters.end(), [&](const Filters* f) {
           return all_pass(*f, logger, levelno);
         });
}

std::vector<const Filters*> Leaf::filters_that_see_records() const {
  std::vector<const Filters*> seeing;
  std::copy_if(filters.begin(), filters.end(), std::back_inserter(seeing),
               [](const Filters* some) { return see_records(*some); });
  return seeing;
}

Tree::Tree() {
  write_last_resort_to(std::make_shared<sink::StreamSink>(
      STDERR_FILENO, "stderr", sink::SinkOptions{.buffer_bytes = std::size_t{1} << 16}));
  node("root").level = warning_level;
}

void Tree::write_last_resort_to(std::shared_ptr<sink::Sink> sink) {
  last_resort_ = make_last_resort(std::move(sink));
}

LoggerNode& Tree::node(std::string_view name) {
  return nodes_[std::string{name}];
}

const LoggerNode* Tree::find(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

int Tree::threshold(std::string_view logger) const {
  int threshold = configured_threshold(logger);
  const RecorderRule* const recorder = threshold != off ? recorder_above(logger) : nullptr;
  if (recorder != nullptr) threshold = std::min(threshold, recorder->level);
  for (const Capture& capture : captures) {
    if (capture.covers(logger)) threshold = std::min(threshold, capture.level);
  }
  // CPython's manager.disable is 0, so a record of level 0 or below goes nowhere.
  return std::max(threshold, 1);
}

int Tree::configured_threshold(std::string_view logger) const {
  if (const LoggerNode* const own = find(logger); own != nullptr && own->disabled) return off;
  for (std::string_view name = logger; !name.empty(); name = parent_of(name)) {
    const LoggerNode* const node = find(name);
    if (node != nullptr && node->level != 0) return node->level;
  }
  return 0;
}

bool Tree::logger_passes(std::string_view logger, int levelno) const {
  const LoggerNode* const own = find(logger);
  return own == nullptr || all_pass(own->filters, logger, levelno);
}

const Filters* Tree::filters_that_see_records(std::string_view logger) const {
  const LoggerNode* const own = find(logger);
  return own != nullptr && see_records(own->filters) ? &own->filters : nullptr;
}

const Filter* Tree::filter_for_calls(std::string_view logger) const {
  const LoggerNode* const own = find(logger);
  if (own == nullptr) return nullptr;
  for (const auto& filter : own->filters) {
    if (filter->rule_for_calls() != nullptr) return filter.get();
  }
  return nullptr;
}

/// Records that only a capture lets in are for captures alone.
std::vector<Leaf> Tree::leaves(std::string_view logger) const {
  std::vector<Leaf> leaves = leaves_at_last(logger);
  const std::vector<Leaf> captured = leaves_at_once(logger);
  if (captured.empty()) return leaves;
  const int configured = configured_threshold(logger);
  for (Leaf& leaf : leaves) leaf.level = std::max(leaf.level, configured);
  leaves.insert(leaves.end(), captured.begin(), captured.end());
  return leaves;
}

std::vector<Leaf> Tree::leaves_at_once(std::string_view logger) const {
  std::vector<Leaf> leaves;
  for (const Capture& capture : captures) {
    if (capture.covers(logger)) leaves.push_back({capture.handler.get(), capture.level, {}});
  }
  return leaves;
}

std::vector<Leaf> Tree::leaves_at_last(std::string_view logger) const {
  std::vector<Leaf> leaves;
  bool is_only_captured = false;
  bool has_handler = false;
  for (const Capture& capture : captures) {
    if (!capture.covers(logger)) continue;
    is_only_captured |= capture.is_only;
    has_handler = true;
  }
  if (is_only_captured) return leaves;
  for (std::string_view name = logger; !name.empty(); name = parent_of(name)) {
    const LoggerNode* const node = find(name);
    if (node == nullptr) continue;
    for (const auto& handler : node->handlers) {
      has_handler = true;
      add_leaves(leaves, *handler, {nullptr, 0, {}}, true);
    }
    if (!node->propagate) break;
  }
  if (!has_handler) add_leaves(leaves, *last_resort_, {nullptr, 0, {}}, true);
  return leaves;
}

std::vector<Leaf> Tree::leaves_behind(const Handler& memory) {
  std::vector<Leaf> leaves;
  for (const auto& target : memory.members) add_leaves(leaves, *target, {nullptr, 0, {}}, false);
  return leaves;
}

std::vector<Leaf> Tree::leaves_from(const Handler& handler) {
  std::vector<Leaf> leaves;
  add_leaves(leaves, handler, {nullptr, 0, {}}, false);
  return leaves;
}

std::vector<sink::Sink*> Tree::sinks() const {
  std::vector<sink::Sink*> sinks;
  for (const auto& handler : handlers) add_sinks(sinks, *handler);
  for (const auto& handler : left) add_sinks(sinks, *handler);
  for (const Capture& capture : captures) add_sinks(sinks, *capture.handler);
  add_sinks(sinks, *last_resort_);
  return sinks;
}

Tree Tree::with_sinks(const Replace& replace) const {
  Tree tree;
  HandlerCopier copier{replace, handlers};
  tree.handlers = handlers;
  copier.copy_all(tree.handlers);
  tree.nodes_ = nodes_;
  for (auto& [name, node] : tree.nodes_) {
    std::erase_if(node.handlers, [this](const auto& handler) {
      return std::find(left.begin(), left.end(), handler) != left.end();
    });
    copier.copy_all(node.handlers);
  }
  tree.recorders = recorders;
  for (RecorderRule& recorder : tree.recorders) recorder.records = 0;
  // Not that of this tree, whose formatter may be at work for another one; but its sink.
  tree.last_resort_ = copier.copy(make_last_resort(last_resort_->sink));
  return tree;
}

std::string_view parent_of(std::string_view name) {
  if (name == "root") return {};
  const std::size_t dot = name.rfind('.');
  // As in Python, nothing stands before a leading dot.
  return dot == std::string_view::npos || dot == 0 ? "root" : name.substr(0, dot);
}

}  // namespace xylem::route
