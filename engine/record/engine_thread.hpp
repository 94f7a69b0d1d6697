#pragma once

namespace xylem::record {

/// Whether the calling thread is at work for the engine. What a program's own handler logs there
/// must not wait for room, nor for the engine at all: it is what would be waited for.
bool is_engine_thread() noexcept;

/// Says so for a scope. Scopes nest.
class OnEngineThread {
 public:
  OnEngineThread() noexcept;
  ~OnEngineThread();
  OnEngineThread(const OnEngineThread&) = delete;
  OnEngineThread& operator=(const OnEngineThread&) = delete;

 private:
  bool before_;
};

}  // namespace xylem::record
