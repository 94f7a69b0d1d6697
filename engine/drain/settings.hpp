#pragma once

#include <cstdint>
#include <string>

#include "crash/file.hpp"
#include "drain/clock.hpp"

namespace xylem::drain {

enum class WhenFull { block, drop };

/// The `"xylem"` part of a configuration, as far as rings and consumer are concerned.
struct Settings {
  std::uint32_t ring_slots = 4096;  // of threads that log for the first time from now on
  WhenFull when_full = WhenFull::block;
  TickSource clock = TickSource::tsc;  // of the same threads
  bool synchronous = false;            // a call returns once its record is in the kernel's hands
};

/// Where what a crash must not lose is kept.
struct CrashSettings {
  std::string directory;  // empty: nowhere
  crash::Identity identity;
};

}  // namespace xylem::drain
