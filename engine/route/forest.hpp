#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "route/tree.hpp"

namespace xylem::route {

/// Whose a logger and a tree are: 0 the default engine's, others those of an xylem::Engine.
using EngineNumber = std::uint32_t;

/// The trees in force, one for each engine. A value, as a tree is.
class Forest {
 public:
  /// That tree for every engine.
  explicit Forest(std::shared_ptr<const Tree> tree) : others_{std::move(tree)} {}

  const std::shared_ptr<const Tree>& tree(EngineNumber engine) const;

  /// Whether the engine has a tree of its own.
  bool has(EngineNumber engine) const { return trees_.contains(engine); }

  /// The engines' own trees.
  const std::map<EngineNumber, std::shared_ptr<const Tree>>& trees() const { return trees_; }

  /// The same with another tree for this engine. All that is meant for stderr goes to one sink: a
  /// last resort uses that of the handlers of any engine.
  Forest with(EngineNumber engine, std::shared_ptr<const Tree> tree) const;

  /// The same without the engine's own tree.
  Forest without(EngineNumber engine) const;

  /// Without configurations: of the trees only captures are left.
  Forest cleared() const;

  /// The distinct sinks of all trees.
  std::vector<sink::Sink*> sinks() const;

  /// What the crash file calls a sink.
  struct SinkLabel {
    sink::Sink* sink;
    EngineNumber engine;  // 0 for stdout and stderr, which engines share
    std::size_t nth;      // of the engine's sinks of that name
  };
  std::vector<SinkLabel> labels() const;

  /// The sinks of stdout and stderr that handlers of other engines have. Who writes there too has
  /// to share them: two writers on one pipe would tear each other's lines.
  std::vector<std::shared_ptr<sink::Sink>> streams_beside(EngineNumber engine) const;

 private:
  void share_last_resort();

  std::shared_ptr<const Tree> others_;
  std::map<EngineNumber, std::shared_ptr<const Tree>> trees_;
};

}  // namespace xylem::route
