#pragma once

#include <cstddef>
#include <cstdint>

#include <xylem/detail/slot.hpp>

#include "record/thread.hpp"

namespace xylem::route {

/// A record as it comes off a ring.
struct RawRecord {
  detail::HeaderView header;
  const std::byte* payload;
  const record::Thread* thread;
  std::int64_t time_ns;  // since the epoch, UTC
};

}  // namespace xylem::route
