#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "record/foreign.hpp"
#include "record/site.hpp"
#include "record/thread.hpp"

namespace xylem::record {

/// One record on its way to the handlers. Everything behind the pointers outlives the delivery.
struct View {
  const Site* site;
  std::string_view logger;  // "root" for the root
  const Thread* thread;
  std::int64_t time_ns;      // since the epoch, UTC
  const std::byte* payload;  // as the site's arguments say
  const Foreign* foreign;    // set for records made elsewhere: then these attributes count

  int levelno() const {
    return foreign != nullptr ? foreign->levelno : static_cast<int>(site->level);
  }
};

}  // namespace xylem::record
