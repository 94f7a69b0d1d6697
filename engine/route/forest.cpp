#include "route/forest.hpp"

#include <algorithm>
#include <utility>

#include "sink/stream_sink.hpp"

namespace xylem::route {
namespace {

using SinkPtr = std::shared_ptr<sink::Sink>;

/// Handlers of a program's own may have any name.
bool is_stream(const sink::Sink* sink) {
  return dynamic_cast<const sink::StreamSink*>(sink) != nullptr;
}

void add_streams(std::vector<SinkPtr>& streams, const Handler& handler) {
  const bool is_new = std::find(streams.begin(), streams.end(), handler.sink) == streams.end();
  if (is_new && is_stream(handler.sink.get())) streams.push_back(handler.sink);
  for (const auto& member : handler.members) add_streams(streams, *member);
}

std::vector<SinkPtr> streams_of(const Tree& tree) {
  std::vector<SinkPtr> streams;
  for (const auto& handler : tree.handlers) add_streams(streams, *handler);
  for (const auto& handler : tree.left) add_streams(streams, *handler);
  return streams;
}

SinkPtr error_stream(const std::vector<SinkPtr>& streams) {
  const auto found = std::find_if(streams.begin(), streams.end(),
                                  [](const SinkPtr& sink) { return sink->name() == "stderr"; });
  return found != streams.end() ? *found : nullptr;
}

}  // namespace

const std::shared_ptr<const Tree>& Forest::tree(EngineNumber engine) const {
  const auto found = trees_.find(engine);
  return found != trees_.end() ? found->second : others_;
}

Forest Forest::with(EngineNumber engine, std::shared_ptr<const Tree> tree) const {
  Forest next = *this;
  next.trees_[engine] = std::move(tree);
  next.share_last_resort();
  return next;
}

Forest Forest::without(EngineNumber engine) const {
  Forest next = *this;
  next.trees_.erase(engine);
  return next;
}

Forest Forest::cleared() const {
  Forest next{std::make_shared<const Tree>()};
  for (const auto& [engine, tree] : trees_) {
    if (tree->captures.empty()) continue;
    auto bare = std::make_shared<Tree>(*next.others_);
    bare->captures = tree->captures;
    next.trees_[engine] = std::move(bare);
  }
  return next;
}

std::vector<sink::Sink*> Forest::sinks() const {
  std::vector<sink::Sink*> sinks;
  const auto add = [&sinks](const Tree& tree) {
    for (sink::Sink* const sink : tree.sinks()) {
      if (std::find(sinks.begin(), sinks.end(), sink) == sinks.end()) sinks.push_back(sink);
    }
  };
  for (const auto& [engine, tree] : trees_) add(*tree);
  add(*others_);
  return sinks;
}

std::vector<Forest::SinkLabel> Forest::labels() const {
  std::vector<SinkLabel> labels;
  const auto add = [&labels](EngineNumber engine, sink::Sink* sink) {
    if (is_stream(sink)) engine = 0;
    std::size_t nth = 0;
    for (const SinkLabel& other : labels) {
      if (other.sink == sink) return;
      if (other.engine == engine && other.sink->name() == sink->name()) ++nth;
    }
    labels.push_back({sink, engine, nth});
  };
  for (const auto& [engine, tree] : trees_) {
    for (sink::Sink* const sink : tree->sinks()) add(engine, sink);
  }
  for (sink::Sink* const sink : others_->sinks()) add(0, sink);
  return labels;
}

std::vector<SinkPtr> Forest::streams_beside(EngineNumber engine) const {
  std::vector<SinkPtr> streams;
  for (const auto& [other, tree] : trees_) {
    if (other == engine) continue;
    const std::vector<SinkPtr> own = streams_of(*tree);
    streams.insert(streams.end(), own.begin(), own.end());
  }
  return streams;
}

void Forest::share_last_resort() {
  SinkPtr shared;
  for (const auto& [engine, tree] : trees_) {
    if (shared == nullptr) shared = error_stream(streams_of(*tree));
  }
  // Without any handler of stderr there is still one sink.
  if (shared == nullptr) shared = others_->last_resort_sink();
  const auto share = [&shared](std::shared_ptr<const Tree>& tree) {
    if (tree->last_resort_sink() == shared) return;
    auto copy = std::make_shared<Tree>(*tree);
    copy->write_last_resort_to(shared);
    tree = std::move(copy);
  };
  for (auto& [engine, tree] : trees_) share(tree);
  share(others_);
}

}  // namespace xylem::route
