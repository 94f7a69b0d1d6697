#include "sink/packer.hpp"

#include <atomic>
#include <cerrno>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>

#include <sys/resource.h>
#include <unistd.h>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"
#include "sink/worker.hpp"

namespace xylem::sink {
namespace {

/// Of nice(2): who logs comes first.
constexpr int gives_way = 10;

}  // namespace

struct Packer::State {
  std::mutex mutex;
  std::deque<std::string> paths;
  std::atomic<bool> stopping{false};
  bool has_told = false;         // the thread's own
  std::optional<Worker> worker;  // the last member: its thread uses the others

  std::optional<std::string> next() {
    const std::lock_guard lock{mutex};
    if (paths.empty()) return std::nullopt;
    std::string path = std::move(paths.front());
    paths.pop_front();
    return path;
  }

  void pack_all(Packing packing) {
    // Of this thread alone, on Linux.
    ::setpriority(PRIO_PROCESS, 0, gives_way);
    while (!stopping.load(std::memory_order_relaxed)) {
      const std::optional<std::string> path = next();
      if (!path) return;
      if (pack_file(*path, packing, stopping) != PackOutcome::failed || has_told) continue;
      has_told = true;
      report(error_text(errno, *path) + " (not packed, tried again at the next start)");
    }
  }
};

Packer::Packer(Packing packing) : packing_{packing}, state_{std::make_unique<State>()} {}

Packer::~Packer() {
  stop(0);
}

void Packer::start(const std::vector<std::string>& unfinished,
                   const std::vector<std::string>& paths) {
  if (state_->worker) return;
  for (const std::string& path : unfinished) ::unlink(path.c_str());
  state_->stopping.store(false, std::memory_order_relaxed);
  try {
    state_->worker.emplace([state = state_.get(), packing = packing_] {
      try {
        state->pack_all(packing);
      } catch (const std::exception&) {
        // No memory: the file stays as it is until the next start.
      }
    });
  } catch (const std::exception&) {
    return;  // no thread to be had: the same
  }
  for (const std::string& path : paths) add(path);
}

void Packer::add(const std::string& path) {
  if (!state_->worker) return;
  {
    const std::lock_guard lock{state_->mutex};
    state_->paths.push_back(path);
  }
  state_->worker->post();
}

void Packer::stop(std::int64_t patience_ms) {
  if (!state_->worker) return;
  state_->worker->wait_until(0, patience_ms);
  state_->stopping.store(true, std::memory_order_relaxed);
  state_->worker.reset();
  state_->paths.clear();
}

void Packer::forget() {
  // The thread is not there in the child, and what it had locked stays so.
  static_cast<void>(state_.release());
  state_ = std::make_unique<State>();
}

}  // namespace xylem::sink
