#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sink/packing.hpp"

namespace xylem::sink {

/// Packs files one after the other, on a thread of its own that gives way to others.
/// Thread-safety: start(), stop() and forget() are the consumer's, add() that of the thread that
/// writes, which is not at work during the others.
class Packer {
 public:
  explicit Packer(Packing packing);
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  /// Begins with what is there: `unfinished` files are removed, then the others packed.
  void start(const std::vector<std::string>& unfinished, const std::vector<std::string>& paths);

  /// Nothing before start() and after stop(), which leave it to the next start.
  void add(const std::string& path);

  /// Waits no longer than that for what is being packed.
  void stop(std::int64_t patience_ms);

  /// In the child of a fork, which has no such thread: the files are the parent's to pack.
  void forget();

 private:
  struct State;

  Packing packing_;
  std::unique_ptr<State> state_;
};

}  // namespace xylem::sink
