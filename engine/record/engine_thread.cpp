#include "record/engine_thread.hpp"

namespace xylem::record {
namespace {

constinit thread_local bool t_is_engine = false;

}  // namespace

bool is_engine_thread() noexcept {
  return t_is_engine;
}

OnEngineThread::OnEngineThread() noexcept : before_{t_is_engine} {
  t_is_engine = true;
}

OnEngineThread::~OnEngineThread() {
  t_is_engine = before_;
}

}  // namespace xylem::record
